package org.evonorm.search;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.ObjectiveValue;
import org.evonorm.evolution.RandomSource;
import org.evonorm.search.progress.Stage;
import org.evonorm.search.progress.StageProgress;
import org.evonorm.search.spark.TrainingResources;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.search.trial.PartitionedTrainings;
import org.evonorm.search.trial.TimeBound;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.search.trial.TrialResultJson;
import org.evonorm.search.trial.TrialRunner;
import org.evonorm.settings.Settings;
import org.evonorm.store.Journal;
import org.evonorm.store.TrainingStates;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingStretch;
import scala.Tuple2;

/**
 * The trainings of a generation: every candidate in every network, either one Spark task per training, or on
 * partitioned data (docs/design.md, "Partitioned data").
 */
record GenerationTrainings(
        JavaSparkContext spark,
        Settings settings,
        CandidateEvaluator evaluator,
        TrialRunner trials,
        Journal journal,
        TrainingStates states,
        StageProgress progress,
        StageTasks stageTasks,
        LayerObjectives objectives,
        int generation) {

    /**
     * A candidate after its trainings.
     *
     * @param fitness the fitness; empty if the candidate failed or was rejected
     * @param seconds wall time of all its trainings
     */
    record Trained(CandidateStatus status, Optional<Fitness> fitness, double seconds) {

        static Trained of(Candidate candidate, TrainingTally tally, LayerObjectives objectives) {
            CandidateStatus status = tally.status();
            return new Trained(
                    status,
                    status instanceof CandidateStatus.Trained
                            ? Optional.of(tally.fitness()
                                    .with(objectives.of(
                                            candidate.layer(),
                                            List.copyOf(tally.measured().values()))))
                            : Optional.empty(),
                    tally.seconds());
        }

        /** The values in the objectives besides accuracy; empty without a fitness. */
        List<ObjectiveValue> further() {
            return fitness.map(Fitness::further).orElse(List.of());
        }
    }

    /** The trainings that ended, and the candidates by their index. */
    record Results(JavaRDD<TrainingTask.Ended> ended, Map<Integer, Trained> trained) {

        /** Those of the candidates that have a fitness. */
        List<Evaluated> evaluated(List<Candidate> candidates) {
            return candidates.stream()
                    .flatMap(candidate -> trained.get(candidate.index()).fitness().stream()
                            .map(fitness -> new Evaluated(candidate, fitness)))
                    .toList();
        }
    }

    /**
     * Trains candidates in all networks and reduces the trainings to one tally per candidate. The shuffle between the
     * two keeps the trainings on disk, so that the table is written without training again.
     */
    Results train(List<Candidate> candidates) {
        if (candidates.isEmpty()) {
            return new Results(spark.emptyRDD(), Map.of());
        }
        List<TrainingTask> tasks = longestFirst(candidates);
        HashPartitioner partitioner = new HashPartitioner(Math.min(candidates.size(), spark.defaultParallelism()));
        JavaPairRDD<Integer, TrainingTask.Ended> byCandidate = (isPartitioned()
                        ? onPartitions(tasks)
                        : onAllImages(tasks))
                .mapToPair(training -> new Tuple2<>(training.task().candidate().index(), training))
                .partitionBy(partitioner);
        Map<Integer, TrainingTally> tallies = byCandidate
                .mapValues(TrainingTally::of)
                .reduceByKey(partitioner, TrainingTally::plus)
                .collectAsMap();
        Map<Integer, Trained> trained = new HashMap<>();
        candidates.forEach(candidate ->
                trained.put(candidate.index(), Trained.of(candidate, tallies.get(candidate.index()), objectives)));
        progress.finish();
        return new Results(byCandidate.values(), trained);
    }

    /** Every candidate in every network. The longest trainings come first, so that none runs alone at the end. */
    List<TrainingTask> longestFirst(List<Candidate> candidates) {
        return candidates.stream()
                .sorted(StageTasks.LARGEST_FIRST)
                .flatMap(candidate -> of(candidate).stream())
                .sorted(Comparator.comparingLong(task -> -evaluator.cost(task.network())))
                .toList();
    }

    /** One candidate in every network; the cheapest training comes first. */
    List<TrainingTask> cheapestFirst(Candidate candidate) {
        return of(candidate).stream()
                .sorted(Comparator.comparingLong(task -> evaluator.cost(task.network())))
                .toList();
    }

    private List<TrainingTask> of(Candidate candidate) {
        RandomSource randomness = new RandomSource(settings.search().seed());
        List<String> networks = settings.search().networks();
        return IntStream.range(0, networks.size())
                .mapToObj(i -> new TrainingTask(
                        candidate, i, networks.get(i), randomness.training(candidate.id(), networks.get(i))))
                .toList();
    }

    private boolean isPartitioned() {
        return settings.training().localSgd().partitions() > 1;
    }

    /** One trial per training, in a Spark task of its own. */
    private JavaRDD<TrainingTask.Ended> onAllImages(List<TrainingTask> tasks) {
        TrialRunner trials = this.trials;
        TrainingStretch whole = TrainingStretch.whole(settings.training().steps());
        return TrainingResources.request(
                stageTasks
                        .of(Stage.TRAIN, settings.training().steps(), tasks, TrainingTask::key)
                        .map(task -> new TrainingTask.Ended(task, whole, trials.run(task.trial()))),
                settings.gpu());
    }

    /** Local SGD on partitioned data, for the trainings that are not in the journal. */
    private JavaRDD<TrainingTask.Ended> onPartitions(List<TrainingTask> tasks) {
        Map<TrainingTask, TrialResult<TrainingResult>> results = journalled(tasks);
        List<TrainingTask> left =
                tasks.stream().filter(task -> !results.containsKey(task)).toList();
        CandidateEvaluator evaluator = this.evaluator;
        List<TrialResult<TrainingResult>> ended = new PartitionedTrainings<TrainingTask>(
                        spark,
                        progress,
                        states,
                        (task, part) -> task.prepared(evaluator, part),
                        new TimeBound(settings.search().trialMaxDuration()),
                        settings.gpu())
                .train(
                        left,
                        settings.training(),
                        progress.label(generation, Stage.TRAIN),
                        progress.listener(generation, Stage.TRAIN));
        for (int i = 0; i < left.size(); i++) {
            results.put(left.get(i), ended.get(i));
            journal.add(left.get(i).key(), TrialResultJson.write(ended.get(i), TrainingResult.class));
        }
        TrainingStretch whole = TrainingStretch.whole(settings.training().steps());
        return spark.parallelize(tasks.stream()
                .map(task -> new TrainingTask.Ended(task, whole, results.get(task)))
                .toList());
    }

    private Map<TrainingTask, TrialResult<TrainingResult>> journalled(List<TrainingTask> tasks) {
        Map<TrainingTask, TrialResult<TrainingResult>> results = new HashMap<>();
        Set<String> journalled = journal.keys();
        tasks.stream()
                .filter(task -> journalled.contains(task.key()))
                .forEach(task -> journal.result(task.key())
                        .flatMap(json -> TrialResultJson.read(json, TrainingResult.class))
                        .ifPresent(ended -> results.put(task, ended)));
        return results;
    }
}
