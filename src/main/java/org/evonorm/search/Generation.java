package org.evonorm.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Origin;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.search.progress.GenerationSummary;
import org.evonorm.search.progress.Stage;
import org.evonorm.search.progress.StageProgress;
import org.evonorm.search.spark.ExecutorTime;
import org.evonorm.search.spark.TrainingResources;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.search.trial.PartitionedTrainings;
import org.evonorm.search.trial.TimeBound;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.search.trial.TrialResultJson;
import org.evonorm.search.trial.TrialRunner;
import org.evonorm.settings.Settings;
import org.evonorm.store.CandidateRow;
import org.evonorm.store.GenerationWriter;
import org.evonorm.store.Journal;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.evonorm.store.RunTables;
import org.evonorm.store.TrainingStates;
import org.evonorm.training.TrainingResult;
import scala.Tuple2;

/**
 * One generation as a sequence of Spark jobs: propose, find duplicates, filter, train, reduce, select, commit.
 * Rejected proposals and learning curves stay on the executors and go from there to the tables; what reaches the
 * driver is one small value a duplicate, survivor or trained candidate.
 */
final class Generation {

    /** Proposals of one task, which take well under a millisecond each; later stages read them task by task. */
    private static final int PROPOSALS_PER_TASK = 500;
    /** Results that one task reads from the journal, which takes milliseconds each. */
    private static final int JOURNALLED_PER_TASK = 200;
    /** Layers with more nodes take longer to train. */
    private static final Comparator<Candidate> LARGEST_FIRST = Comparator.comparingInt((Candidate candidate) ->
                    -CanonicalForm.of(candidate.layer().graph()).nodes().size())
            .thenComparing(Candidate.EVALUATION_ORDER);

    private final JavaSparkContext spark;
    private final Settings settings;
    private final CandidateEvaluator evaluator;
    private final RandomSource randomness;
    private final StageProgress progress;
    private final GenerationWriter writer;
    private final Journal journal;
    private final TrialRunner trials;
    private final TrainingStates states;
    private final RunLease lease;
    private final ExecutorTime.Stretch executorTime;
    private final int number;
    private final long start = System.nanoTime();

    /** The window after a generation, and what the generation came to. */
    record Result(SlidingWindow window, GenerationSummary summary) {}

    /** The trainings that ended, by their candidate's index, and what each candidate's add up to. */
    private record Trainings(JavaPairRDD<Integer, TrainingTask.Ended> ended, Map<Integer, TrainingTally> tallies) {}

    Generation(
            SparkSession session,
            Settings settings,
            CandidateEvaluator evaluator,
            StageProgress progress,
            ExecutorTime executorTime,
            RunFolder folder,
            RunLease lease,
            int number) {
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.settings = settings;
        this.evaluator = evaluator;
        this.randomness = new RandomSource(settings.search().seed());
        this.progress = progress;
        this.writer = new GenerationWriter(session, folder, number);
        this.journal = Journal.of(folder, number, spark.hadoopConfiguration());
        this.trials = new TrialRunner(evaluator, journal, settings.search().trialMaxDuration());
        this.states = TrainingStates.of(folder, spark.hadoopConfiguration());
        this.lease = lease;
        this.executorTime = executorTime.begin();
        this.number = number;
    }

    /** Trains baselines and seeds as they are, without filters; seeds enter the window. This is generation 0. */
    Result train(List<Proposal> given, SlidingWindow window) {
        List<Candidate> candidates = given.stream().map(Proposal::candidate).toList();
        List<Candidate> seeds = candidates.stream()
                .filter(candidate -> candidate.origin() instanceof Origin.Seed)
                .toList();
        Trainings trainings = train(candidates);
        candidates.stream()
                .filter(candidate -> !seeds.contains(candidate))
                .forEach(baseline -> requireTrained(trainings.tallies.get(baseline.index())));
        Map<Integer, CandidateResult> results = new HashMap<>();
        trainings.tallies.forEach((index, tally) ->
                results.put(index, CandidateResult.of(tally.status()).withTraining(tally)));
        return commit(
                spark.parallelize(given, 1), results, trainings, window.with(evaluated(seeds, trainings.tallies)));
    }

    /** A baseline that throws says that the machine or the settings are not right: better now than after a night. */
    private static void requireTrained(TrainingTally tally) {
        if (tally.status() instanceof CandidateStatus.Failed failed) {
            throw new IllegalStateException(
                    "a baseline could not be trained, so no other layer would be: " + failed.reason());
        }
    }

    /** Proposes layers from the window, in one round or until enough pass the filters, and trains those that do. */
    Result evolve(SlidingWindow window, RunTables earlier) {
        Broadcast<SlidingWindow> parents = spark.broadcast(window);
        JavaPairRDD<String, String> originals = earlier.originals();
        List<JavaRDD<Proposal>> rounds = new ArrayList<>();
        Map<Integer, CandidateResult> results = new HashMap<>();
        List<Candidate> survivors = new ArrayList<>();
        while (settings.search().proposesAfter(rounds.size(), survivors.size())) {
            JavaRDD<Proposal> proposed = propose(rounds.size(), parents).persist(StorageLevel.MEMORY_AND_DISK_SER());
            rounds.add(proposed);
            Map<Integer, String> duplicates = duplicates(proposed, originals);
            duplicates.forEach((index, original) ->
                    results.put(index, CandidateResult.of(new CandidateStatus.Duplicate(original))));
            List<Proposal> fresh = fresh(proposed, duplicates);
            survivors.addAll(filter(fresh.stream().map(Proposal::candidate).toList(), results));
            originals = originals.union(spark.parallelize(fresh, 1)
                    .mapToPair(proposal -> new Tuple2<>(
                            proposal.valueKey(), proposal.candidate().id())));
        }
        Trainings trainings = train(survivors);
        trainings.tallies.forEach(
                (index, tally) -> results.compute(index, (candidate, result) -> result.withTraining(tally)));
        SlidingWindow next = window.with(evaluated(survivors, trainings.tallies));
        JavaRDD<Proposal> proposals = rounds.stream().reduce(JavaRDD::union).orElseThrow();
        Result result = commit(proposals, results, trainings, next);
        rounds.forEach(JavaRDD::unpersist);
        parents.destroy();
        return result;
    }

    /** Proposes once more; candidates are numbered on from round to round. */
    private JavaRDD<Proposal> propose(int round, Broadcast<SlidingWindow> parents) {
        int count = settings.search().proposals();
        Proposer proposer = new Proposer(
                number,
                randomness,
                settings.search().reproduction(),
                parents,
                settings.rejection().staticFilter());
        List<Integer> indices =
                IntStream.range(round * count, (round + 1) * count).boxed().toList();
        int tasks = (count + PROPOSALS_PER_TASK - 1) / PROPOSALS_PER_TASK;
        return progress.watch(
                number, Stage.PROPOSE, count, spark.parallelize(indices, tasks).mapPartitions(proposer::propose));
    }

    /** Puts candidates through the costly filters, one task each; adds what becomes of them and gives those that passed. */
    private List<Candidate> filter(List<Candidate> fresh, Map<Integer, CandidateResult> results) {
        CostlyFilters filters = new CostlyFilters(
                trials,
                randomness,
                settings.rejection().stabilityFilter(),
                settings.rejection().qualityFilter());
        if (fresh.isEmpty() || !filters.isAnyOn()) {
            fresh.forEach(
                    candidate -> results.put(candidate.index(), CandidateResult.of(new CandidateStatus.Passed())));
            return fresh;
        }
        tasks(Stage.FILTER, fresh.stream().sorted(LARGEST_FIRST).toList(), filters::lastKey)
                .map(candidate -> new Tuple2<>(candidate.index(), filters.judge(candidate)))
                .collect()
                .forEach(result -> results.put(result._1, result._2));
        progress.finish();
        return fresh.stream()
                .filter(candidate -> results.get(candidate.index()).hasPassed())
                .toList();
    }

    /** The ids of the first candidates that compute the same function, by the indices of the later ones. */
    private static Map<Integer, String> duplicates(JavaRDD<Proposal> proposals, JavaPairRDD<String, String> originals) {
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

    /** Those that passed the static filter and are no duplicates, by index. */
    private List<Proposal> fresh(JavaRDD<Proposal> proposals, Map<Integer, String> duplicates) {
        List<Proposal> fresh = proposals.filter(Proposal::passed).collect().stream()
                .filter(proposal -> !duplicates.containsKey(proposal.candidate().index()))
                .sorted(Comparator.comparing(Proposal::candidate, Candidate.EVALUATION_ORDER))
                .toList();
        progress.finish();
        return fresh;
    }

    /**
     * The work of a stage, one task each in the order given, so far as it was not done before the generation was cut
     * off; then what was, some hundreds a task, which find its results in the journal.
     */
    private <W> JavaRDD<W> tasks(Stage stage, List<W> work, Function<W, String> key) {
        Set<String> journalled = journal.keys();
        Map<Boolean, List<W>> byDone =
                work.stream().collect(Collectors.partitioningBy(item -> journalled.contains(key.apply(item))));
        List<W> done = byDone.get(true);
        List<W> left = byDone.get(false);
        JavaRDD<W> all = spark.parallelize(left, Math.max(1, left.size()));
        if (!done.isEmpty()) {
            all = all.union(spark.parallelize(done, (done.size() + JOURNALLED_PER_TASK - 1) / JOURNALLED_PER_TASK));
        }
        return progress.watch(number, stage, left.size(), left.size(), all);
    }

    /**
     * Trains candidates in all networks, one task a candidate and network, and reduces to one tally a candidate. The
     * shuffle between the two keeps the trainings on disk, so that the table is written without training again.
     */
    private Trainings train(List<Candidate> candidates) {
        if (candidates.isEmpty()) {
            return new Trainings(JavaPairRDD.fromJavaRDD(spark.emptyRDD()), Map.of());
        }
        List<TrainingTask> tasks = trainingTasks(candidates);
        TrialRunner trials = this.trials;
        JavaRDD<TrainingTask.Ended> ended = settings.training().localSgd().partitions() > 1
                ? onPartitions(tasks)
                : TrainingResources.request(
                        tasks(Stage.TRAIN, tasks, TrainingTask::key)
                                .map(task -> new TrainingTask.Ended(task, trials.run(task.trial()))),
                        settings.gpu());
        HashPartitioner partitioner = new HashPartitioner(Math.min(candidates.size(), spark.defaultParallelism()));
        JavaPairRDD<Integer, TrainingTask.Ended> byCandidate = ended.mapToPair(
                        training -> new Tuple2<>(training.task().candidate().index(), training))
                .partitionBy(partitioner);
        Map<Integer, TrainingTally> tallies = new HashMap<>(byCandidate
                .mapValues(TrainingTally::of)
                .reduceByKey(partitioner, TrainingTally::plus)
                .collectAsMap());
        progress.finish();
        return new Trainings(byCandidate, tallies);
    }

    /** Does trainings on partitioned data, so far as they are not journalled yet. */
    private JavaRDD<TrainingTask.Ended> onPartitions(List<TrainingTask> tasks) {
        Map<TrainingTask, TrialResult<TrainingResult>> results = new HashMap<>();
        Set<String> journalled = journal.keys();
        tasks.stream()
                .filter(task -> journalled.contains(task.key()))
                .forEach(task -> journal.result(task.key())
                        .flatMap(json -> TrialResultJson.read(json, TrainingResult.class))
                        .ifPresent(ended -> results.put(task, ended)));
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
                        progress.label(number, Stage.TRAIN),
                        progress.listener(number, Stage.TRAIN));
        for (int i = 0; i < left.size(); i++) {
            results.put(left.get(i), ended.get(i));
            journal.add(left.get(i).key(), TrialResultJson.write(ended.get(i), TrainingResult.class));
        }
        return spark.parallelize(tasks.stream()
                .map(task -> new TrainingTask.Ended(task, results.get(task)))
                .toList());
    }

    /** Every candidate in every network; the longest come first, so that none of them is what the others wait for. */
    private List<TrainingTask> trainingTasks(List<Candidate> candidates) {
        List<String> networks = settings.search().networks();
        List<TrainingTask> tasks = new ArrayList<>();
        for (Candidate candidate : candidates.stream().sorted(LARGEST_FIRST).toList()) {
            for (int i = 0; i < networks.size(); i++) {
                tasks.add(new TrainingTask(
                        candidate, i, networks.get(i), randomness.training(candidate.id(), networks.get(i))));
            }
        }
        tasks.sort(Comparator.comparingLong((TrainingTask task) -> -evaluator.cost(task.network())));
        return tasks;
    }

    private static List<Evaluated> evaluated(List<Candidate> candidates, Map<Integer, TrainingTally> tallies) {
        return candidates.stream()
                .filter(candidate -> tallies.get(candidate.index()).status() instanceof CandidateStatus.Trained)
                .map(candidate ->
                        new Evaluated(candidate, tallies.get(candidate.index()).fitness()))
                .toList();
    }

    private Result commit(
            JavaRDD<Proposal> proposals,
            Map<Integer, CandidateResult> results,
            Trainings trainings,
            SlidingWindow window) {
        Broadcast<Map<Integer, CandidateResult>> known = spark.broadcast(results);
        JavaRDD<CandidateRow> rows = proposals.map(proposal -> known.value()
                .getOrDefault(proposal.candidate().index(), CandidateResult.ofStaticFilter(proposal))
                .row(proposal));
        String engine = evaluator.engine();
        Map<String, Long> byStatus = writer.candidates(rows);
        writer.evaluations(
                trainings.ended.values().filter(TrainingTask.Ended::isDone).map(training -> training.row(engine)));
        writer.selection(window, settings.search().networks());
        GenerationSummary summary =
                GenerationSummary.of(number, byStatus, window, (System.nanoTime() - start) * 1e-9, executorTime.idle());
        lease.requireValid();
        writer.commit();
        known.destroy();
        return new Result(window, summary);
    }
}
