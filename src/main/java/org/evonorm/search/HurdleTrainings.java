package org.evonorm.search;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.HurdleBar;
import org.evonorm.evolution.Hurdles;
import org.evonorm.evolution.ObjectiveValue;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.graph.Layer;
import org.evonorm.search.progress.Stage;
import org.evonorm.search.progress.StageProgress;
import org.evonorm.search.spark.TrainingResources;
import org.evonorm.search.trial.TrialRunner;
import org.evonorm.settings.Settings;
import org.evonorm.store.HurdleStates;
import org.evonorm.training.TrainingStretch;
import scala.Tuple2;

/**
 * The trainings of a generation with hurdles (docs/design.md, "Hurdles"): one Spark job per hurdle, and between two
 * jobs the driver decides who goes on, from the accuracies of all candidates at the hurdle. So a decision depends
 * neither on the order of tasks nor on the number of machines. An object serves one generation, once.
 */
final class HurdleTrainings {

    private final JavaSparkContext spark;
    private final Settings settings;
    private final Hurdles hurdles;
    private final GenerationTrainings trainings;
    private final TrialRunner trials;
    private final HurdleStates states;
    private final StageProgress progress;
    private final StageTasks stageTasks;
    /** The trainings of all jobs, by index of the candidate. */
    private JavaPairRDD<Integer, TrainingTask.Ended> ended;
    /** What the candidates have reached so far, by their index. */
    private final Map<Integer, HurdleRunner> runners = new TreeMap<>();
    /** The layers of these candidates, by their index. */
    private final Map<Integer, Layer> layers = new HashMap<>();

    HurdleTrainings(
            JavaSparkContext spark,
            Settings settings,
            GenerationTrainings trainings,
            HurdleStates states,
            StageTasks stageTasks) {
        this.spark = spark;
        this.settings = settings;
        this.hurdles = settings.search().hurdles();
        this.trainings = trainings;
        this.trials = trainings.trials();
        this.states = states;
        this.progress = trainings.progress();
        this.stageTasks = stageTasks;
        this.ended = JavaPairRDD.fromJavaRDD(spark.emptyRDD());
    }

    /**
     * Trains candidates to the first hurdle, one Spark task per candidate.
     *
     * @param judged whether the quality filter judges them there
     * @return the candidates that passed
     */
    List<Candidate> toFirst(List<Candidate> candidates, boolean judged) {
        if (candidates.isEmpty()) {
            return List.of();
        }
        TrainingStretch stretch = TrainingStretch.before(hurdles.steps(), 0);
        FirstHurdle first = new FirstHurdle(trials, states, stretch, judged);
        List<List<TrainingTask>> work = candidates.stream()
                .sorted(StageTasks.LARGEST_FIRST)
                .map(trainings::cheapestFirst)
                .toList();
        JavaRDD<List<TrainingTask>> tasks = stageTasks.of(
                Stage.HURDLE,
                stretch.steps() * settings.search().networks().size(),
                work,
                ofCandidate -> ofCandidate.get(ofCandidate.size() - 1).key(stretch));
        JavaPairRDD<Integer, FirstHurdle.Arrival> arrivals = kept(
                TrainingResources.request(
                                tasks.map(ofCandidate -> new Tuple2<>(
                                        ofCandidate.get(0).candidate().index(), first.arrive(ofCandidate))),
                                settings.gpu())
                        .mapToPair(arrival -> arrival),
                candidates.size());
        Map<Integer, HurdleRunner> arrived = new HashMap<>(
                arrivals.mapValues(arrival -> HurdleRunner.at(arrival, stretch)).collectAsMap());
        progress.finish();
        runners.putAll(arrived);
        candidates.forEach(candidate -> layers.put(candidate.index(), candidate.layer()));
        ended = ended.union(
                arrivals.flatMapValues(arrival -> arrival.trainings().iterator()));
        return candidates.stream()
                .filter(candidate -> arrived.get(candidate.index()).isRunning())
                .toList();
    }

    /**
     * Trains candidates that have passed the first hurdle over the others, and stops at each hurdle those that are
     * under the median there.
     *
     * @param window members whose accuracies count at the hurdles, too; empty for candidates that are never stopped
     * @return the results of all candidates that came to the first hurdle
     */
    GenerationTrainings.Results goOn(List<Candidate> candidates, Optional<SlidingWindow> window) {
        List<Candidate> running = candidates;
        for (int hurdle = 1; hurdle < hurdles.count(); hurdle++) {
            if (window.isPresent()) {
                stop(hurdle - 1, running, window.get());
            }
            running = running.stream()
                    .filter(candidate -> runners.get(candidate.index()).isRunning())
                    .toList();
            retainStates(hurdle - 1, running);
            train(hurdle, running);
        }
        states.retain(Set.of());
        return results();
    }

    /** Keeps the states of candidates at a hurdle and, since a search that was cut off has some, at those after it. */
    private void retainStates(int hurdle, List<Candidate> candidates) {
        List<TrainingStretch> stretches = IntStream.range(hurdle, hurdles.count())
                .mapToObj(later -> TrainingStretch.before(hurdles.steps(), later))
                .toList();
        states.retain(candidates.stream()
                .flatMap(candidate -> trainings.cheapestFirst(candidate).stream())
                .flatMap(task -> stretches.stream().map(task::key))
                .toList());
    }

    /**
     * Decides at a hurdle, for candidates that stand there. Each is compared with the members of the field that are as
     * good as it in every objective besides accuracy: in a search for accuracy alone, with all.
     */
    private void stop(int hurdle, List<Candidate> candidates, SlidingWindow window) {
        int steps = hurdles.steps().get(hurdle);
        Map<Integer, Fitness> running = new TreeMap<>();
        for (Candidate candidate : candidates) {
            HurdleRunner runner = runners.get(candidate.index());
            if (runner.isRunning()) {
                running.put(candidate.index(), at(steps, runner, candidate.layer()));
            }
        }
        List<Fitness> field = Stream.concat(
                        window.members().stream()
                                .map(Evaluated::fitness)
                                .flatMap(member -> member.at(steps).stream()
                                        .map(accuracies -> new Fitness(accuracies).with(member.further()))),
                        running.values().stream())
                .toList();
        // One bar for all candidates of the same values besides accuracy.
        Map<List<ObjectiveValue>, HurdleBar> bars = new HashMap<>();
        running.forEach((index, fitness) -> {
            HurdleBar bar = bars.computeIfAbsent(
                    fitness.further(),
                    values -> hurdles.bar(
                            hurdle,
                            field.stream()
                                    .filter(member -> member.isAsGoodBesidesAccuracy(fitness))
                                    .map(Fitness::accuracies)
                                    .toList()));
            runners.computeIfPresent(
                    index, (key, runner) -> runner.judged(bar, settings.search().networks()));
        });
    }

    private Fitness at(int steps, HurdleRunner runner, Layer layer) {
        return new Fitness(runner.accuracies().get(steps)).with(runner.further(layer, trainings.objectives()));
    }

    /**
     * Trains candidates to a hurdle, one Spark task per candidate and network; networks that diverged stay as they are.
     */
    private void train(int hurdle, List<Candidate> candidates) {
        TrainingStretch stretch = TrainingStretch.before(hurdles.steps(), hurdle);
        List<TrainingTask> tasks = trainings.longestFirst(candidates).stream()
                .filter(task -> !runners.get(task.candidate().index()).hasDivergedIn(task.networkIndex()))
                .toList();
        Map<Integer, TrainingTally> tallies = tasks.isEmpty() ? Map.of() : tallies(tasks, stretch);
        for (Candidate candidate : candidates) {
            TrainingTally tally = tallies.getOrDefault(candidate.index(), TrainingTally.NONE);
            runners.compute(
                    candidate.index(),
                    (index, runner) ->
                            runner.with(tally, settings.search().networks().size(), stretch));
        }
    }

    private Map<Integer, TrainingTally> tallies(List<TrainingTask> tasks, TrainingStretch stretch) {
        HurdleStates between = states;
        TrialRunner runner = trials;
        JavaRDD<TrainingTask.Ended> stage = TrainingResources.request(
                stageTasks
                        .of(Stage.TRAIN, stretch.steps(), tasks, task -> task.key(stretch))
                        .map(task ->
                                new TrainingTask.Ended(task, stretch, runner.run(task.trial(stretch, between, false)))),
                settings.gpu());
        JavaPairRDD<Integer, TrainingTask.Ended> kept = kept(
                stage.mapToPair(
                        training -> new Tuple2<>(training.task().candidate().index(), training)),
                tasks.size());
        Map<Integer, TrainingTally> tallies = kept.mapValues(TrainingTally::of)
                .reduceByKey(TrainingTally::plus)
                .collectAsMap();
        progress.finish();
        ended = ended.union(kept);
        return tallies;
    }

    /** The same results, which a shuffle keeps on disk, so that the tables are written without training again. */
    private <T> JavaPairRDD<Integer, T> kept(JavaPairRDD<Integer, T> results, int count) {
        return results.partitionBy(new HashPartitioner(Math.min(count, spark.defaultParallelism())));
    }

    private GenerationTrainings.Results results() {
        Map<Integer, GenerationTrainings.Trained> trained = new HashMap<>();
        Map<Integer, Integer> reached = new HashMap<>();
        runners.forEach((index, runner) -> {
            trained.put(index, runner.result(layers.get(index), trainings.objectives()));
            if (!(runner.status() instanceof CandidateStatus.Rejected)) {
                reached.put(
                        index,
                        runner.accuracies().isEmpty() ? 0 : runner.accuracies().lastKey());
            }
        });
        // Tuples of numbers have the same hash on every machine.
        JavaRDD<TrainingTask.Ended> whole = ended.filter(training -> reached.containsKey(training._1))
                .mapToPair(training -> new Tuple2<>(
                        new Tuple2<>(training._1, training._2.task().networkIndex()), training._2))
                .reduceByKey(TrainingTask.Ended::and)
                .map(training -> training._2.reaching(reached.get(training._1._1)));
        return new GenerationTrainings.Results(whole, trained);
    }
}
