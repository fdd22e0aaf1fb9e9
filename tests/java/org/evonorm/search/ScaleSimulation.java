package org.evonorm.search;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.search.progress.GenerationSummary;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.Settings;
import org.evonorm.store.Table;
import org.evonorm.training.TrainingResult;

/**
 * A simulation of the whole pipeline with an evaluator that trains nothing, to measure the cost of a search for its
 * driver: {@code ScaleSimulation FOLDER GENERATIONS PROPOSALS WINDOW SHARE CORES SECONDS}. SHARE of the candidates that
 * reach the quality filter are trained in each of three networks. A training takes SECONDS, a quality filter a tenth of
 * them, and both between half and one and a half times as long, by their seed. This JVM is the driver; two others are
 * executors with CORES tasks at once each. A simulation that the folder already contains is continued.
 *
 * <p>Prints a line per generation: proposals; candidates that reached the stability filter; trainings; seconds from
 * start to commit; seconds of these in which executors waited for the driver ({@link PackedTime}); seconds of all tasks
 * together, and seconds of these in which they slept; idle share of the executors' time; processor seconds, live heap
 * and highest heap of the driver; megabytes and files of the run's tables.
 */
public final class ScaleSimulation {

    private static final int EXECUTORS = 2;
    /**
     * Cores per gigabyte of an executor's memory: each task that reads a table of an earlier generation keeps some of
     * it.
     */
    private static final int CORES_PER_GIGABYTE = 80;
    /** Time of a training as a multiple of the quality filter's. */
    private static final int FILTERS_PER_TRAINING = 10;

    private final Path run;
    private final double seconds;
    private final PackedTime packed;
    private double startProcessor;
    private long start;

    private ScaleSimulation(Path run, double seconds, int cores) {
        this.run = run;
        this.seconds = seconds;
        this.packed = new PackedTime(EXECUTORS * cores);
    }

    /** Known accuracies behind a quality filter that passes a random share; both take some time. */
    private record Choosy(KnownAccuracies known, double share, long millis) implements OnKnownAccuracies {

        @Override
        public CandidateStatus checkQuality(Layer layer, long seed) {
            sleep(millis / FILTERS_PER_TRAINING, seed);
            return new SplittableRandom(seed).nextDouble() < share
                    ? new CandidateStatus.Passed()
                    : new CandidateStatus.Rejected(CandidateStatus.Filter.QUALITY, "not drawn");
        }

        @Override
        public TrainingResult train(Layer layer, String network, long seed) {
            sleep(millis, seed);
            return known.train(layer, network, seed);
        }

        /** Sleeps for half to one and a half times the given time, by the seed. */
        private static void sleep(long millis, long seed) {
            try {
                Thread.sleep((long) (millis * (0.5 + new SplittableRandom(~seed).nextDouble())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]).toAbsolutePath();
        Path run = folder.resolve("run");
        Settings settings = Settings.load(
                Optional.empty(),
                List.of(
                        "search.run=" + run,
                        "search.generations=" + arguments[1],
                        "search.proposals=" + arguments[2],
                        "search.window=" + arguments[3],
                        "search.baselines=[BN-ReLU]"));
        int cores = Integer.parseInt(arguments[5]);
        double seconds = Double.parseDouble(arguments[6]);
        Choosy evaluator = new Choosy(new KnownAccuracies(), Double.parseDouble(arguments[4]), (long) (1000 * seconds));
        ScaleSimulation simulation = new ScaleSimulation(run, seconds, cores);
        try (LocalCluster cluster = LocalCluster.start(
                        folder.resolve("cluster"), EXECUTORS, cores, Math.max(1, cores / CORES_PER_GIGABYTE) + "g", 0);
                SparkSession spark = cluster.session(
                        "spark.default.parallelism",
                        "" + Math.max(4, EXECUTORS * cores),
                        "spark.executor.extraJavaOptions",
                        "-XX:+UseSerialGC",
                        // As in the command line's sessions.
                        "spark.ui.retainedStages",
                        "100",
                        "spark.ui.retainedTasks",
                        "10000")) {
            spark.sparkContext().addSparkListener(simulation.packed);
            Search.run(spark, settings, evaluator, "scale", Accepted.NOTHING, new SearchObserver() {
                @Override
                public void generationStarted(int number) {
                    simulation.start();
                }

                @Override
                public void generationCommitted(GenerationSummary summary) {
                    simulation.print(summary);
                }
            });
        }
    }

    private static double processor() {
        return 1e-9 * ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Begins the counts; earlier work, such as reading earlier generations, does not count. */
    private void start() {
        packed.takeSeconds();
        packed.takeTaskSeconds();
        startProcessor = processor();
        start = System.nanoTime();
    }

    private void print(GenerationSummary summary) {
        double processor = processor() - startProcessor;
        double wall = 1e-9 * (System.nanoTime() - start);
        int known = summary.duplicates() + summary.rejectedBy(CandidateStatus.Filter.STATIC);
        int trainings = KnownAccuracies.NETWORKS.size() * (summary.trained() + summary.failed());
        long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().contains("Old"))
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
        int filtered = summary.proposed() - known;
        double slept = seconds * (trainings + filtered / (double) FILTERS_PER_TRAINING);
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        try {
            // The journal is being deleted at the same time.
            List<Path> files = new ArrayList<>();
            for (Table table : Table.values()) {
                try (Stream<Path> all = Files.walk(run.resolve(table.folder()))) {
                    all.filter(Files::isRegularFile).forEach(files::add);
                }
            }
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
            }
            System.out.printf(
                    Locale.ROOT,
                    "generation %d: %d proposals, %d to the filters, %d trainings, %.1f s (%.1f s"
                            + " for the driver), tasks %.0f s (slept for some %.0f s), executors idle for %.1f%%,"
                            + " driver's"
                            + " processor %.1f s, heap %.1f MiB (old %.0f MiB at most), %.2f MB in %d files%n",
                    summary.generation(),
                    summary.proposed(),
                    filtered,
                    trainings,
                    wall,
                    wall - packed.takeSeconds(),
                    packed.takeTaskSeconds(),
                    slept,
                    100 * summary.idle(),
                    processor,
                    heap / 1048576.0,
                    peak / 1048576.0,
                    bytes * 1e-6,
                    files.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
