package org.evonorm.search;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.evonorm.data.Dataset;
import org.evonorm.data.Images;
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
import org.evonorm.search.spark.ImageSource;
import org.evonorm.search.spark.InterruptibleJobs;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.search.trial.ProxyTaskEvaluator;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.settings.Baseline;
import org.evonorm.settings.ImageCountCheck;
import org.evonorm.settings.RunConf;
import org.evonorm.settings.SeedLayer;
import org.evonorm.settings.Settings;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.evonorm.store.RunTables;

/** The search: generation after generation, each committed before the next begins. */
public final class Search {

    /** Layers in the summary. */
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
    }

    /**
     * Runs a search to its last generation, from the first or from where the run's folder stands.
     *
     * A search that comes to its deadline stops where it stands, which its summary says.
     *
     * @param acceptChanges whether a run goes on with other settings or images than it was started with
     * @throws SettingsException if the folder's run was started with others and that is not accepted, or there are too
     *     few images for what the settings ask for
     * @throws org.evonorm.store.StoreException if the folder cannot be used as it is
     * @throws SearchInterruptedException if this thread is interrupted or the session stopped; what is committed stays
     */
    public static SearchSummary run(
            SparkSession session, Settings settings, boolean acceptChanges, SearchObserver observer) {
        // Refuses a location that cannot be before the images are read.
        folder(session, settings);
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        EnginePreflight.check(spark, settings.engine(), settings.gpu());
        ImageSource images = ImageSource.ofSearch(spark, settings.data());
        ImageCountCheck.forSearch(settings, images.images());
        return run(
                session,
                settings,
                ProxyTaskEvaluator.of(settings, images),
                checksum(images.images()),
                acceptChanges,
                observer);
    }

    /** As the other, with settings that must be those that the run was started with. */
    public static SearchSummary run(SparkSession session, Settings settings, SearchObserver observer) {
        return run(session, settings, false, observer);
    }

    /** As the others, with other work in the tasks. */
    public static SearchSummary run(
            SparkSession session,
            Settings settings,
            CandidateEvaluator evaluator,
            String imagesChecksum,
            boolean acceptChanges,
            SearchObserver observer) {
        RunFolder folder = folder(session, settings);
        try (RunLease lease = RunLease.acquire(folder)) {
            RunConf.enter(folder, settings, imagesChecksum, acceptChanges);
            return new Search(session, settings, folder, lease, evaluator, observer).run();
        }
    }

    public static RunFolder folder(SparkSession session, Settings settings) {
        return RunFolder.at(settings.search().run(), session.sparkContext().hadoopConfiguration());
    }

    private SearchSummary run() {
        String interrupted = "the search was interrupted; its committed generations stand in " + folder
                + ", and the same command goes on after them";
        try (metrics;
                executorTime) {
            return InterruptibleJobs.run(session, progress, interrupted, () -> {
                boolean deadline = !evolveInTime();
                progress.label("summary");
                RunTables tables = RunTables.open(session, folder);
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

    /** Whether it came to the last generation before the deadline. */
    private boolean evolveInTime() {
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
        RunTables tables = RunTables.open(session, folder);
        observer.searchStarted(folder.toString(), tables.generations());
        folder.clearJournal(tables.generations());
        SlidingWindow window = tables.window(settings.search().window());
        if (tables.generations() == 0) {
            window = trainGivenLayers(window);
            tables = RunTables.open(session, folder);
        }
        observer.baselinesTrained(tables.baselines());
        tables.best(1).forEach(this::consider);
        try (JournalClearing journals = new JournalClearing(folder)) {
            for (int number = tables.generations(); number <= settings.search().generations(); number++) {
                observer.generationStarted(number);
                Generation.Result result = generation(number).evolve(window, RunTables.open(session, folder));
                journals.begin(number + 1);
                window = result.window();
                result.summary().best().ifPresent(this::consider);
                observer.generationCommitted(result.summary());
            }
        }
    }

    /** Tells of the layer if it is better than all before. */
    private void consider(Evaluated layer) {
        if (layer.fitness().mean() > bestMean) {
            bestMean = layer.fitness().mean();
            observer.bestFound(layer);
        }
    }

    private Generation generation(int number) {
        return new Generation(session, settings, evaluator, progress, executorTime, folder, lease, number);
    }

    /** Generation 0: the baselines and the seeds, each function once. */
    private SlidingWindow trainGivenLayers(SlidingWindow window) {
        observer.generationStarted(0);
        ProbeFingerprint fingerprint = new ProbeFingerprint();
        List<Proposal> proposals = new ArrayList<>();
        for (Baseline baseline : settings.search().baselines()) {
            proposals.add(given(
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
                proposals.add(given(identity, new Origin.Seed(seed.name()), proposals.size(), seed.layer()));
            }
        }
        Generation.Result result = generation(0).train(proposals, window);
        observer.generationCommitted(result.summary());
        return result.window();
    }

    private static Proposal given(CandidateIdentity identity, Origin origin, int index, Layer layer) {
        return new Proposal(
                new Candidate(identity.id(), origin, 0, index, layer),
                identity.valueKey(),
                new TrialResult.Completed<>(new CandidateStatus.Passed(), 0, ""));
    }

    /** Tells images apart by their pixels and labels. */
    public static String checksum(Dataset images) {
        CRC32 checksum = new CRC32();
        for (Images part : List.of(images.training(), images.validation())) {
            checksum.update(part.pixels());
            checksum.update(part.labels());
        }
        return Long.toHexString(checksum.getValue());
    }
}
