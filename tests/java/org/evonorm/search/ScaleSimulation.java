package org.evonorm.search;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.evonorm.graph.Layer;
import org.evonorm.rejection.StabilityVerdict;
import org.evonorm.rejection.Verdict;
import org.evonorm.training.TrainingResult;

/**
 * Drives the whole pipeline with an evaluator that trains nothing, to see what a search of some size costs its driver
 * beside its trainings: {@code ScaleSimulation FOLDER GENERATIONS PROPOSALS WINDOW ONE-IN}. Of the candidates that come to
 * the quality filter one in so many is trained. This JVM is the driver, two others are executors. Prints a line a
 * generation: proposals, layers trained, seconds from its begin to its commit, processor seconds and live heap of the
 * driver, bytes and files in the run's folder.
 */
public final class ScaleSimulation {

    private static long processorNanos;

    private ScaleSimulation() {}

    /** Known accuracies behind a quality filter that draws lots. */
    private record Choosy(KnownAccuracies known, int oneIn) implements CandidateEvaluator {

        @Override
        public String engine() {
            return known.engine();
        }

        @Override
        public long cost(String network) {
            return known.cost(network);
        }

        @Override
        public StabilityVerdict checkStability(Layer layer, long seed) {
            return known.checkStability(layer, seed);
        }

        @Override
        public Verdict checkQuality(Layer layer, long seed) {
            return Long.remainderUnsigned(seed, oneIn) == 0 ? new Verdict.Passed()
                    : new Verdict.Rejected(Verdict.Filter.QUALITY, "not drawn");
        }

        @Override
        public TrainingResult train(Layer layer, String network, long seed) {
            return known.train(layer, network, seed);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path run = folder.resolve("run");
        Settings settings = Settings.load(Optional.empty(), List.of("search.run=" + run,
                "search.generations=" + arguments[1], "search.proposals=" + arguments[2],
                "search.window=" + arguments[3], "search.yardsticks=[BN-ReLU]"));
        Choosy evaluator = new Choosy(new KnownAccuracies(), Integer.parseInt(arguments[4]));
        try (LocalCluster cluster = LocalCluster.start(folder.resolve("cluster"), 2, 1, "1g", 0);
                SparkSession spark = cluster.session()) {
            processorNanos = processor();
            Search.run(spark, settings, evaluator, "scale", false, new SearchObserver() {
                @Override
                public void generationCommitted(GenerationSummary summary) {
                    print(summary, run);
                }
            });
        }
    }

    private static long processor() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static void print(GenerationSummary summary, Path run) {
        double processorSeconds = (processor() - processorNanos) * 1e-9;
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        try (Stream<Path> all = Files.walk(run)) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
            }
            System.out.printf(Locale.ROOT, "generation %d: %d proposals, %d layers trained, %.1f s, driver %.1f s,"
                    + " heap %.1f MiB, %.2f MB in %d files%n", summary.generation(), summary.proposed(), summary.trained(),
                    summary.seconds(), processorSeconds, heap / 1048576.0, bytes * 1e-6, files.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        processorNanos = processor();
    }
}
