package org.evonorm.search;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Origin;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Layer;
import org.evonorm.graph.ProbeFingerprint;
import org.evonorm.search.progress.SearchMetrics;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.search.progress.StageProgress;
import org.evonorm.search.spark.EnginePreflight;
import org.evonorm.search.spark.ExecutorTime;
import org.evonorm.search.spark.InterruptibleJobs;
import org.evonorm.search.spark.SearchImages;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.search.trial.ProxyTaskEvaluator;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.Baseline;
import org.evonorm.settings.ImageCountCheck;
import org.evonorm.settings.RunConf;
import org.evonorm.settings.SeedLayer;
import org.evonorm.settings.Settings;
import org.evonorm.store.FrontFiles;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.evonorm.store.RunTables;

/**
 * The loop of a search over its generations, each committed before the next begins
 * (docs/design.md, "Search procedure").
 */
public final class Search {

    /** Number of layers in the summary. */
    private static final int BEST = 10;

    private final SparkSession session;
    private final Settings settings;
    private final RunFolder folder;
    private final RunLease lease;
    private final CandidateEvaluator evaluator;
    private final SearchObserver observer;
    private final SearchMetrics metrics;
    private final StageProgress progress;
    private final ExecutorTime executorTime;
    private final LayerObjectives objectives;
    private double bestMean = Double.NEGATIVE_INFINITY;

    private Search(
            SparkSession session,
            Settings settings,
            RunFolder folder,
            RunLease lease,
            CandidateEvaluator evaluator,
            SearchObserver observer) {
        this.session = session;
        this.settings = settings;
        this.folder = folder;
        this.lease = lease;
        this.evaluator = evaluator;
        this.metrics = SearchMetrics.registered();
        this.observer = metrics.and(observer);
        this.progress = new StageProgress(JavaSparkContext.fromSparkContext(session.sparkContext()), this.observer);
        this.executorTime = ExecutorTime.register(session.sparkContext());
        this.objectives = LayerObjectives.of(settings);
    }

    /**
     * Runs a search to its last generation, from the first one or from the last commit in the run's folder. A search
     * that reaches its deadline stops there, and its summary says so.
     *
     * @param accepted differences between the run in the folder and this start that are accepted
     * @throws org.evonorm.settings.SettingsException if the run in the folder was started with other settings or images
     *     and this is not accepted, or there are too few images for the settings
     * @throws org.evonorm.store.StoreException if the folder cannot be used as it is
     * @throws org.evonorm.search.spark.SearchInterruptedException if this thread is interrupted or the session stopped;
     *     committed generations stay
     */
    public static SearchSummary run(
            SparkSession session, Settings settings, Accepted accepted, SearchObserver observer) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        // Refuses an impossible location before the images are read.
        settings.search().folder(spark.hadoopConfiguration());
        observer.preparing("checking the engine");
        EnginePreflight.check(spark, settings.engine(), settings.gpu());
        observer.preparing(settings.data().work());
        SearchImages images = SearchImages.read(spark, settings.data());
        ImageCountCheck.forSearch(settings, images.facts());
        observer.imagesLoaded(images.facts().sizes());
        return run(
                session,
                settings,
                ProxyTaskEvaluator.of(settings, images.source()),
                images.facts().checksum(),
                accepted,
                observer);
    }

    /** As {@link #run(SparkSession, Settings, Accepted, SearchObserver)}, without accepting changed settings. */
    public static SearchSummary run(SparkSession session, Settings settings, SearchObserver observer) {
        return run(session, settings, Accepted.NOTHING, observer);
    }

    /**
     * As {@link #run(SparkSession, Settings, Accepted, SearchObserver)}, with another evaluator of candidates.
     *
     * @param imagesChecksum checksum of the evaluator's images, for {@code run.conf}
     */
    public static SearchSummary run(
            SparkSession session,
            Settings settings,
            CandidateEvaluator evaluator,
            String imagesChecksum,
            Accepted accepted,
            SearchObserver observer) {
        RunFolder folder = settings.search().folder(session.sparkContext().hadoopConfiguration());
        try (RunLease lease = RunLease.acquire(folder)) {
            LayerObjectives.of(settings).requireKnown(folder);
            RunConf.enter(folder, lease, settings, imagesChecksum, accepted).forEach(observer::noted);
            Search search = new Search(session, settings, folder, lease, evaluator, observer);
            return lease.guard(() -> InterruptibleJobs.abandon(session), search::run);
        }
    }

    private SearchSummary run() {
        String interrupted = "the search was interrupted; its committed generations stand in " + folder
                + ", and the same command goes on after them";
        try (metrics;
                executorTime) {
            return InterruptibleJobs.run(session, progress, interrupted, () -> {
                boolean deadline = !evolveUntilDeadline();
                progress.label("summary");
                RunTables tables = RunTables.open(folder);
                return new SearchSummary(
                        folder.toString(),
                        tables.generations() - 1,
                        deadline,
                        settings.search().networks(),
                        tables.baselines(),
                        tables.best(BEST));
            });
        }
    }

    /** Runs the generations; returns whether the last one was reached before the deadline. */
    private boolean evolveUntilDeadline() {
        try (Deadline deadline = new Deadline(settings.search().maxDuration())) {
            try {
                evolve();
            } catch (Exception e) {
                if (!deadline.isReached() || !InterruptibleJobs.isInterruption(session, e)) {
                    throw e;
                }
                session.sparkContext().cancelAllJobs();
                return false;
            }
        }
        return true;
    }

    private void evolve() {
        progress.label("read earlier generations");
        observer.preparing("reading earlier generations");
        RunTables tables = RunTables.open(folder);
        observer.searchStarted(folder.toString(), tables.generations());
        folder.clearJournal(tables.generations());
        folder.sweep();
        SlidingWindow window = objectives.known(tables.window(settings.search().window()));
        metrics.goOnAfter(tables.generations() - 1, window);
        if (tables.generations() == 0) {
            window = trainBaselinesAndSeeds(window);
            tables = RunTables.open(folder);
        }
        renewFrontFiles(tables.generations() - 1, window);
        observer.baselinesTrained(tables.baselines());
        tables.best(1).forEach(this::reportIfBest);
        try (JournalClearing journals = new JournalClearing(folder)) {
            for (int number = tables.generations(); number <= settings.search().generations(); number++) {
                observer.generationStarted(number);
                Generation.Result result = generation(number).evolve(window, RunTables.open(folder));
                journals.begin(number + 1);
                window = result.window();
                renewFrontFiles(number, window);
                result.summary().best().ifPresent(this::reportIfBest);
                observer.generationCommitted(result.summary());
            }
        }
    }

    private void renewFrontFiles(int generation, SlidingWindow window) {
        FrontFiles.renew(
                folder,
                lease,
                generation,
                window.front(),
                settings.search().networks(),
                settings.search().furtherObjectives());
    }

    /** Tells the observer of a layer that was trained with all steps if its mean accuracy is the highest so far. */
    private void reportIfBest(Evaluated layer) {
        if (layer.fitness().isWhole() && layer.fitness().mean() > bestMean) {
            bestMean = layer.fitness().mean();
            observer.bestFound(layer);
        }
    }

    private Generation generation(int number) {
        return new Generation(session, settings, evaluator, progress, executorTime, folder, lease, objectives, number);
    }

    /** Generation 0: the baselines and the seed layers; of seed layers with one function, the first. */
    private SlidingWindow trainBaselinesAndSeeds(SlidingWindow window) {
        observer.generationStarted(0);
        ProbeFingerprint fingerprint = new ProbeFingerprint();
        List<Proposal> proposals = new ArrayList<>();
        for (Baseline baseline : settings.search().baselines()) {
            proposals.add(proposal(
                    CandidateIdentity.of(baseline.layer(), fingerprint),
                    new Origin.Baseline(baseline.name()),
                    proposals.size(),
                    baseline.layer()));
        }
        List<CandidateIdentity> seeds = new ArrayList<>();
        for (SeedLayer seed : settings.search().seedLayers()) {
            CandidateIdentity identity = CandidateIdentity.of(seed.layer(), fingerprint);
            if (seeds.stream().noneMatch(identity::sameCandidate)) {
                seeds.add(identity);
                proposals.add(proposal(identity, new Origin.Seed(seed.name()), proposals.size(), seed.layer()));
            }
        }
        Generation.Result result = generation(0).trainGiven(proposals, window);
        observer.generationCommitted(result.summary());
        return result.window();
    }

    /** A layer of the settings, which goes through no filter. */
    private static Proposal proposal(CandidateIdentity identity, Origin origin, int index, Layer layer) {
        return new Proposal(
                new Candidate(identity.id(), origin, 0, index, layer),
                identity.valueKey(),
                new TrialResult.Completed<>(new CandidateStatus.Passed(), 0, ""));
    }
}
