package org.evonorm.rerank;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.ObjectiveValue;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.RandomSource.Purpose;
import org.evonorm.search.LayerObjectives;
import org.evonorm.search.spark.EnginePreflight;
import org.evonorm.search.spark.InterruptibleJobs;
import org.evonorm.search.spark.SearchImages;
import org.evonorm.search.spark.TaskProgress;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.Averaging;
import org.evonorm.settings.ImageCountCheck;
import org.evonorm.settings.RunConf;
import org.evonorm.settings.Settings;
import org.evonorm.settings.SettingsException;
import org.evonorm.store.Journal;
import org.evonorm.store.RerankFailure;
import org.evonorm.store.RerankRow;
import org.evonorm.store.RerankTable;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.evonorm.store.RunTables;
import org.evonorm.store.ScoredOn;

/**
 * The rerank of a run's best layers (paper, appendix C; docs/design.md, "Rerank"). The layers and the baselines are
 * trained in larger networks, for more steps and from several seeds, and ranked by mean accuracy on images that the
 * search never saw. The best layers and the baselines are then trained from other seeds and scored on the test images,
 * so that the luck of a seed in the ranking does not count.
 *
 * <p>Each training is done once for the same settings. Committed trainings stay, so that an interrupted rerank goes on,
 * and a rerank of more layers or seeds adds the missing trainings.
 */
public final class Rerank {

    private final JavaSparkContext spark;
    private final Settings settings;
    private final RerankTrainer trainer;
    private final RerankObserver observer;
    private final TaskProgress progress;
    private final RunFolder folder;
    private final RunLease lease;
    private final RerankTable table;
    private final SparkSession session;
    private final boolean retryFailed;
    private final Journal journal;
    private final RerankTrainings trainings;
    private final Map<RerankRow.Training, Double> accuracies = new HashMap<>();
    /** The reasons of the trainings that failed and are not tried again. */
    private final Map<RerankRow.Training, String> failures = new HashMap<>();

    private Rerank(
            SparkSession session,
            Settings settings,
            RunFolder folder,
            RunLease lease,
            RerankTrainer trainer,
            boolean retryFailed,
            RerankObserver observer) {
        this.session = session;
        this.retryFailed = retryFailed;
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.settings = settings;
        this.trainer = trainer;
        this.observer = observer;
        this.progress = new TaskProgress(spark);
        this.folder = folder;
        this.lease = lease;
        this.table = new RerankTable(folder);
        this.journal = Journal.ofRerank(folder, spark.hadoopConfiguration());
        this.trainings = new RerankTrainings(spark, settings, trainer, progress, lease.states(), journal);
    }

    /**
     * Reranks the layers of the run that the settings name.
     *
     * @param accepted    differences between the run and this rerank that are accepted
     * @param retryFailed whether trainings that failed in an earlier rerank are tried again
     * @throws SettingsException if the run was made with other settings or images, leaves too few images, or has no
     *     layer
     * @throws org.evonorm.store.StoreException if the folder cannot be used as it is
     * @throws org.evonorm.search.spark.SearchInterruptedException if this thread is interrupted or the session stopped;
     *     committed trainings stay
     */
    public static RerankSummary run(
            SparkSession session, Settings settings, Accepted accepted, boolean retryFailed, RerankObserver observer) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        RunFolder folder = settings.search().folder(spark.hadoopConfiguration());
        observer.preparing(settings.data().work());
        SearchImages searched = SearchImages.read(spark, settings.data());
        RunConf.requireSame(folder, settings, searched.facts().checksum(), accepted)
                .forEach(observer::noted);
        observer.preparing("checking the engine");
        EnginePreflight.check(spark, settings.engine(), settings.gpu());
        observer.preparing(settings.data().work());
        SearchImages images = searched.withHeldOut(settings.rerank().validation());
        ImageCountCheck.forTraining("rerank.training", settings.rerank().training(), images.facts());
        observer.imagesLoaded(images.facts().sizes());
        return run(session, settings, LargeNetworkTrainer.of(settings, images.source()), retryFailed, observer);
    }

    /** As the other, with no difference accepted and without another try of trainings that failed. */
    public static RerankSummary run(SparkSession session, Settings settings, RerankObserver observer) {
        return run(session, settings, Accepted.NOTHING, false, observer);
    }

    /**
     * As {@link #run(SparkSession, Settings, Accepted, boolean, RerankObserver)}, with another trainer and without
     * checks of the images.
     */
    static RerankSummary run(
            SparkSession session,
            Settings settings,
            RerankTrainer trainer,
            boolean retryFailed,
            RerankObserver observer) {
        RunFolder folder = settings.search().folder(session.sparkContext().hadoopConfiguration());
        String interrupted = "the rerank was interrupted; the trainings committed so far stand in " + folder
                + "/rerank, and the same command goes on after them";
        try (RunLease lease = RunLease.acquire(folder)) {
            Rerank rerank = new Rerank(session, settings, folder, lease, trainer, retryFailed, observer);
            return lease.guard(
                    () -> InterruptibleJobs.abandon(session),
                    () -> InterruptibleJobs.run(session, rerank.progress, interrupted, rerank::run));
        }
    }

    private RerankSummary run() {
        observer.preparing("reading the run's layers");
        RunTables tables = RunTables.open(folder);
        List<? extends RerankCandidate> found = tables
                .bestOfFrontFirst(settings.rerank().candidates())
                .stream()
                .map(RerankCandidate.Found::of)
                .toList();
        if (found.isEmpty()) {
            throw new SettingsException(
                    folder.committedGenerations() == 0
                            ? "the run in " + folder + " has committed no generation yet; search on first"
                            : "no layer of the run in " + folder
                                    + " passed the filters, so there is none to rerank; search more generations first");
        }
        List<? extends RerankCandidate> baselines = settings.rerank().baselines().stream()
                .map(RerankCandidate.Baseline::of)
                .toList();
        observer.rerankStarted(folder.toString(), found.size(), baselines.size());
        table.sweep();
        if (!retryFailed) {
            failures.putAll(table.failures());
        }
        table.scores().forEach(score -> {
            accuracies.put(score.training(), score.accuracy());
            failures.remove(score.training());
        });
        List<RerankedLayer> ranking = score(ScoredOn.VALIDATION, concat(found, baselines));
        List<RerankCandidate> kept = ranking.stream()
                .filter(RerankedLayer::isCompleted)
                .map(RerankedLayer::layer)
                .filter(RerankCandidate.Found.class::isInstance)
                .limit(settings.rerank().keep())
                .toList();
        List<RerankedLayer> finals = kept.isEmpty() ? List.of() : score(ScoredOn.TEST, concat(kept, baselines));
        // A process that died between batch and journal left results that are in the table.
        journal.clear();
        return new RerankSummary(
                folder.toString(),
                networks(),
                settings.rerank().seeds(),
                ofLayers(),
                further(concat(found, baselines)),
                ranking,
                finals);
    }

    /** The search's objectives whose values a layer has without a training. */
    private List<Objective> ofLayers() {
        return settings.search().furtherObjectives().stream()
                .filter(Objective::isOfLayer)
                .toList();
    }

    /** The layers' values in these objectives, in the rerank's networks, by id. */
    private Map<String, List<ObjectiveValue>> further(List<RerankCandidate> layers) {
        LayerObjectives objectives = LayerObjectives.ofRerank(settings);
        Map<String, List<ObjectiveValue>> further = new HashMap<>();
        layers.forEach(layer -> further.computeIfAbsent(layer.id(), id -> objectives.ofLayer(layer.layer())));
        return further;
    }

    private static List<RerankCandidate> concat(
            List<? extends RerankCandidate> found, List<? extends RerankCandidate> baselines) {
        return Stream.<RerankCandidate>concat(found.stream(), baselines.stream())
                .toList();
    }

    private List<String> networks() {
        return settings.search().networks();
    }

    /** Runs the missing trainings, and ranks the layers by mean accuracy; failed layers come last. */
    private List<RerankedLayer> score(ScoredOn images, List<RerankCandidate> candidates) {
        train(images, candidates);
        List<RerankedLayer> layers = new ArrayList<>();
        for (RerankCandidate candidate : candidates) {
            layers.add(new RerankedLayer(candidate, accuracies(images, candidate), failure(images, candidate)));
        }
        layers.sort(Comparator.comparingDouble(
                layer -> layer.isCompleted() ? -layer.overall().mean() : 1));
        return List.copyOf(layers);
    }

    /** The accuracies of a layer by network and then by seed; empty if a training is missing. */
    private List<List<Double>> accuracies(ScoredOn images, RerankCandidate candidate) {
        List<List<Double>> byNetwork = new ArrayList<>();
        for (String network : networks()) {
            List<Double> bySeed = new ArrayList<>();
            for (int number = 1; number <= settings.rerank().seeds(); number++) {
                Double accuracy = accuracies.get(training(images, candidate, network, number));
                if (accuracy == null) {
                    return List.of();
                }
                bySeed.add(accuracy);
            }
            byNetwork.add(bySeed);
        }
        return byNetwork;
    }

    /** The first failure of a layer, with its network. */
    private Optional<String> failure(ScoredOn images, RerankCandidate candidate) {
        return networks().stream()
                .flatMap(network -> IntStream.rangeClosed(1, settings.rerank().seeds())
                        .mapToObj(number -> failures.get(training(images, candidate, network, number)))
                        .filter(Objects::nonNull)
                        .map(reason -> network + ": " + reason))
                .findFirst();
    }

    private RerankRow.Training training(ScoredOn images, RerankCandidate candidate, String network, int number) {
        return new RerankRow.Training(
                candidate.id(), network, images, number, settings.rerank().trainingKey(network));
    }

    /**
     * Runs the missing trainings in rounds, with a commit per round; the journal keeps what a round that is cut off has
     * finished. A round has the trainings of all layers from one seed, or more where there are more cores; with
     * dl4j-spark, which takes the whole cluster, it has one training.
     */
    private void train(ScoredOn images, List<RerankCandidate> candidates) {
        List<RerankTask> wanted = tasks(images, candidates);
        List<RerankTask> missing = wanted.stream()
                .filter(task -> !accuracies.containsKey(task.training()) && !failures.containsKey(task.training()))
                .toList();
        int failedBefore = (int) wanted.stream()
                .filter(task -> failures.containsKey(task.training()))
                .count();
        observer.scoringStarted(images, missing.size(), wanted.size() - missing.size() - failedBefore, failedBefore);
        int round = settings.rerank().averaging() == Averaging.DL4J
                ? 1
                : Math.max(wanted.size() / settings.rerank().seeds(), spark.defaultParallelism());
        List<RerankTask.Ended> failed = new ArrayList<>();
        for (int done = 0; done < missing.size(); done += round) {
            int before = done;
            List<RerankTask> tasks = missing.subList(done, Math.min(done + round, missing.size()));
            List<RerankTask.Ended> ended = trainings.of(images, tasks, listener(images, before, missing.size()));
            commit(ended);
            ended.stream().filter(training -> !training.isCompleted()).forEach(failed::add);
        }
        failed.forEach(Rerank::requireNoBaseline);
    }

    /**
     * Commits a round's trainings, and the failures of layers of the run. A baseline's failure means that something
     * else is wrong, so that it is tried again at the next start.
     */
    private void commit(List<RerankTask.Ended> ended) {
        List<RerankRow> rows = ended.stream()
                .filter(RerankTask.Ended::isCompleted)
                .map(training -> training.row(trainer.engine()))
                .toList();
        List<RerankFailure> failed = ended.stream()
                .filter(training ->
                        !training.isCompleted() && training.task().candidate() instanceof RerankCandidate.Found)
                .map(training -> training.failure(trainer.engine()))
                .toList();
        lease.requireValid();
        table.append(session, rows, failed, lease);
        journal.clear();
        rows.forEach(row -> accuracies.put(row.score().training(), row.score().accuracy()));
        failed.forEach(failure -> failures.put(failure.training(), failure.reason()));
    }

    /** The trainings, seed by seed and the costly networks first; layers given twice are trained once. */
    private List<RerankTask> tasks(ScoredOn images, List<RerankCandidate> candidates) {
        Map<String, RerankCandidate> distinct = new LinkedHashMap<>();
        candidates.forEach(candidate -> distinct.putIfAbsent(candidate.id(), candidate));
        RandomSource randomness = new RandomSource(settings.search().seed());
        Purpose purpose = images == ScoredOn.TEST ? Purpose.RERANK_TEST : Purpose.RERANK_VALIDATION;
        List<String> longFirst = networks().stream()
                .sorted(Comparator.comparingLong((String network) -> -trainer.cost(network)))
                .toList();
        List<RerankTask> tasks = new ArrayList<>();
        for (int number = 1; number <= settings.rerank().seeds(); number++) {
            for (String network : longFirst) {
                for (RerankCandidate candidate : distinct.values()) {
                    tasks.add(new RerankTask(
                            candidate,
                            training(images, candidate, network, number),
                            randomness.rerank(purpose, network, number)));
                }
            }
        }
        return tasks;
    }

    /** The listener that passes the progress of a round on to the observer. */
    private TaskProgress.Listener listener(ScoredOn images, int before, int missing) {
        return new TaskProgress.Listener() {
            @Override
            public void advanced(int done, int total) {
                observer.scoringAdvanced(images, before + done, missing);
            }

            @Override
            public void running(double units) {
                observer.trainingsRunning(images, units);
            }
        };
    }

    /** Layers of the search may fail in larger networks; a baseline that fails means that something else is wrong. */
    private static void requireNoBaseline(RerankTask.Ended failed) {
        if (failed.task().candidate() instanceof RerankCandidate.Baseline baseline) {
            throw new IllegalStateException("the baseline " + baseline.title() + " could not be trained in "
                    + failed.task().training().network() + ": " + failed.reason());
        }
    }
}
