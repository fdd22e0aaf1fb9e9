package org.evonorm.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.MatingPool;
import org.evonorm.evolution.Origin;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.graph.variation.NodeSurvival;
import org.evonorm.search.progress.GenerationSummary;
import org.evonorm.search.progress.Stage;
import org.evonorm.search.progress.StageProgress;
import org.evonorm.search.spark.ExecutorTime;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.search.trial.TrialRunner;
import org.evonorm.settings.Settings;
import org.evonorm.store.GenerationWriter;
import org.evonorm.store.HurdleStates;
import org.evonorm.store.Journal;
import org.evonorm.store.Originals;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.evonorm.store.RunTables;
import org.evonorm.store.SurvivalTable;
import scala.Tuple2;

/**
 * One generation as a list of named stages on Spark: propose, find duplicates, filter, train, select, commit
 * (docs/design.md, "Generations"). Rejected proposals and learning curves stay on the executors and go from there to
 * the tables; the driver receives one small value per duplicate, survivor or trained candidate. An object serves one
 * generation, once.
 */
final class Generation {

    /** Proposals of one task, which take well under a millisecond each; later stages read them task by task. */
    private static final int PROPOSALS_PER_TASK = 500;

    private final JavaSparkContext spark;
    private final Settings settings;
    private final RandomSource randomness;
    private final StageProgress progress;
    private final GenerationWriter writer;
    private final String engine;
    private final TrialRunner trials;
    private final StageTasks stageTasks;
    private final GenerationTrainings trainings;
    /** The trainings over hurdles; empty in a search without hurdles. */
    private final Optional<HurdleTrainings> hurdles;

    private final RunLease lease;
    private final ExecutorTime.Interval executorTime;
    private final int number;
    private final long start = System.nanoTime();

    /** By index of the candidate; candidates that the static filter rejected or failed on have no entry. */
    private final Map<Integer, CandidateResult> results = new HashMap<>();

    /** The window after a generation, and the summary of the generation. */
    record Result(SlidingWindow window, GenerationSummary summary) {}

    Generation(
            SparkSession session,
            Settings settings,
            CandidateEvaluator evaluator,
            StageProgress progress,
            ExecutorTime executorTime,
            RunFolder folder,
            RunLease lease,
            LayerObjectives objectives,
            int number) {
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.settings = settings;
        this.randomness = new RandomSource(settings.search().seed());
        this.progress = progress;
        this.writer = new GenerationWriter(
                session, folder, lease, number, settings.search().furtherObjectives());
        this.engine = evaluator.engine();
        Journal journal = Journal.of(folder, number, spark.hadoopConfiguration());
        this.trials = new TrialRunner(evaluator, journal, settings.search().trialMaxDuration());
        this.stageTasks = new StageTasks(spark, journal, progress, number);
        this.trainings = new GenerationTrainings(
                spark, settings, evaluator, trials, journal, lease.states(), progress, stageTasks, objectives, number);
        this.hurdles = settings.search().hurdles().isNone()
                ? Optional.empty()
                : Optional.of(new HurdleTrainings(
                        spark,
                        settings,
                        trainings,
                        HurdleStates.of(folder, number, spark.hadoopConfiguration()),
                        stageTasks));
        this.lease = lease;
        this.executorTime = executorTime.begin();
        this.number = number;
    }

    /**
     * Generation 0: trains baselines and seed layers as they are, without filters. Seed layers enter the window.
     *
     * @throws IllegalStateException if a baseline could not be trained
     */
    Result trainGiven(List<Proposal> given, SlidingWindow window) {
        List<Candidate> candidates = passWithoutFilters(candidates(given));
        hurdles.ifPresent(present -> present.toFirst(candidates, false));
        GenerationTrainings.Results trained = train(candidates, Optional.empty());
        candidates.stream().filter(candidate -> !isSeed(candidate)).forEach(this::requireTrained);
        SlidingWindow next = window.with(
                trained.evaluated(candidates.stream().filter(Generation::isSeed).toList()));
        return commit(spark.parallelize(given, 1), trained, next);
    }

    /**
     * Any later generation: proposes layers from the window, in rounds, and trains the layers that pass the filters.
     */
    Result evolve(SlidingWindow window, RunTables earlier) {
        Broadcast<MatingPool> pool = spark.broadcast(matingPool(window, earlier));
        JavaPairRDD<String, String> originals = Originals.of(spark, earlier);
        List<JavaRDD<Proposal>> rounds = new ArrayList<>();
        List<Candidate> survivors = new ArrayList<>();
        while (settings.search().proposesAfter(rounds.size(), survivors.size())) {
            JavaRDD<Proposal> proposed = propose(rounds.size(), pool);
            rounds.add(proposed);
            Map<Integer, String> duplicates = findDuplicates(proposed, originals);
            List<Proposal> originalsOfRound = setDuplicatesAside(proposed, duplicates);
            List<Candidate> passed = filter(candidates(originalsOfRound));
            survivors.addAll(hurdles.isPresent() ? hurdles.get().toFirst(passed, true) : passed);
            originals = originals.union(byValueKey(originalsOfRound));
        }
        GenerationTrainings.Results trained = train(survivors, Optional.of(window));
        SlidingWindow next = window.with(trained.evaluated(survivors));
        Result result = commit(rounds.stream().reduce(JavaRDD::union).orElseThrow(), trained, next);
        rounds.forEach(JavaRDD::unpersist);
        pool.destroy();
        return result;
    }

    /** The parents and counts that all proposals of the generation are made from. */
    private MatingPool matingPool(SlidingWindow window, RunTables earlier) {
        boolean learns = settings.search().reproduction().shares().learned() > 0;
        return new MatingPool(window.members(), learns ? SurvivalTable.of(spark, earlier) : NodeSurvival.none());
    }

    /** Proposes one round, statically filtered; candidates are numbered on from round to round. */
    private JavaRDD<Proposal> propose(int round, Broadcast<MatingPool> pool) {
        int count = settings.search().proposals();
        Proposer proposer = new Proposer(
                number,
                randomness,
                settings.search().reproduction(),
                pool,
                settings.rejection().staticFilter());
        List<Integer> indices =
                IntStream.range(round * count, (round + 1) * count).boxed().toList();
        int tasks = (count + PROPOSALS_PER_TASK - 1) / PROPOSALS_PER_TASK;
        return progress.watch(
                        number,
                        Stage.PROPOSE,
                        count,
                        spark.parallelize(indices, tasks).mapPartitions(proposer::propose))
                .persist(StorageLevel.MEMORY_AND_DISK_SER());
    }

    /** Finds the duplicates of a round: the id of the original by index of the duplicate. */
    private static Map<Integer, String> findDuplicates(
            JavaRDD<Proposal> proposals, JavaPairRDD<String, String> originals) {
        JavaPairRDD<String, Tuple2<Integer, String>> passed = proposals
                .filter(Proposal::passed)
                .mapToPair(proposal -> new Tuple2<>(
                        proposal.valueKey(),
                        new Tuple2<>(
                                proposal.candidate().index(),
                                proposal.candidate().id())));
        return new HashMap<>(passed.cogroup(originals)
                .flatMapToPair(group -> Duplicates.of(group._2._1, group._2._2).iterator())
                .collectAsMap());
    }

    /** Notes the duplicates, and returns the other proposals that passed the static filter, by index. */
    private List<Proposal> setDuplicatesAside(JavaRDD<Proposal> proposals, Map<Integer, String> duplicates) {
        duplicates.forEach(
                (index, original) -> results.put(index, CandidateResult.of(new CandidateStatus.Duplicate(original))));
        List<Proposal> originals = proposals.filter(Proposal::passed).collect().stream()
                .filter(proposal -> !duplicates.containsKey(proposal.candidate().index()))
                .sorted(Comparator.comparing(Proposal::candidate, Candidate.EVALUATION_ORDER))
                .toList();
        progress.finish();
        return originals;
    }

    /** Runs the costly filters, one task per candidate, and returns the candidates that passed. */
    private List<Candidate> filter(List<Candidate> candidates) {
        CostlyFilters filters = new CostlyFilters(
                trials,
                randomness,
                settings.rejection().signalFilter(),
                settings.rejection().stabilityFilter(),
                settings.rejection().qualityFilter() && hurdles.isEmpty());
        if (candidates.isEmpty() || !filters.isAnyOn()) {
            return passWithoutFilters(candidates);
        }
        stageTasks
                .of(
                        Stage.FILTER,
                        0,
                        candidates.stream().sorted(StageTasks.LARGEST_FIRST).toList(),
                        filters::lastKey)
                .map(candidate -> new Tuple2<>(candidate.index(), filters.judge(candidate)))
                .collect()
                .forEach(result -> results.put(result._1, result._2));
        progress.finish();
        return candidates.stream()
                .filter(candidate -> results.get(candidate.index()).hasPassed())
                .toList();
    }

    private List<Candidate> passWithoutFilters(List<Candidate> candidates) {
        candidates.forEach(
                candidate -> results.put(candidate.index(), CandidateResult.of(new CandidateStatus.Passed())));
        return candidates;
    }

    /**
     * Trains the candidates in every network, from the first hurdle on if the search has any.
     *
     * @param window members that candidates are compared with at the hurdles; empty for candidates that are never
     *               stopped
     */
    private GenerationTrainings.Results train(List<Candidate> candidates, Optional<SlidingWindow> window) {
        GenerationTrainings.Results trained =
                hurdles.map(present -> present.goOn(candidates, window)).orElseGet(() -> trainings.train(candidates));
        trained.trained()
                .forEach((index, ended) -> results.compute(index, (key, result) -> result.withTraining(ended)));
        return trained;
    }

    /**
     * A baseline that throws means that the machine or the settings are wrong: better to fail now than after a night.
     */
    private void requireTrained(Candidate baseline) {
        if (results.get(baseline.index()).status() instanceof CandidateStatus.Failed failed) {
            throw new IllegalStateException(
                    "a baseline could not be trained, so no other layer would be: " + failed.reason());
        }
    }

    /** Writes the three tables, makes sure of the lease, and commits. */
    private Result commit(JavaRDD<Proposal> proposals, GenerationTrainings.Results trained, SlidingWindow window) {
        Map<String, Long> byStatus = writeCandidates(proposals);
        String engine = this.engine;
        writer.evaluations(
                trained.ended().filter(TrainingTask.Ended::isCompleted).map(training -> training.row(engine)));
        writer.selection(window, settings.search().networks());
        GenerationSummary summary = GenerationSummary.of(
                number, byStatus, window, (System.nanoTime() - start) * 1e-9, executorTime.idleShare());
        lease.requireValid();
        writer.commit();
        return new Result(window, summary);
    }

    /** Joins proposals with their results in the executors; returns the number of candidates by status. */
    private Map<String, Long> writeCandidates(JavaRDD<Proposal> proposals) {
        Broadcast<Map<Integer, CandidateResult>> known = spark.broadcast(results);
        Map<String, Long> byStatus = writer.candidates(proposals.map(proposal -> known.value()
                .getOrDefault(proposal.candidate().index(), CandidateResult.ofStaticFilter(proposal))
                .row(proposal)));
        known.destroy();
        return byStatus;
    }

    private JavaPairRDD<String, String> byValueKey(List<Proposal> proposals) {
        return spark.parallelize(proposals, 1)
                .mapToPair(proposal ->
                        new Tuple2<>(proposal.valueKey(), proposal.candidate().id()));
    }

    private static List<Candidate> candidates(List<Proposal> proposals) {
        return proposals.stream().map(Proposal::candidate).toList();
    }

    private static boolean isSeed(Candidate candidate) {
        return candidate.origin() instanceof Origin.Seed;
    }
}
