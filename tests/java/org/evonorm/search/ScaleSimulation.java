package org.evonorm.search;

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

/**
 * Drives the whole pipeline with an evaluator that trains nothing, to see what a search of some size costs beside its
 * trainings: {@code ScaleSimulation FOLDER GENERATIONS PROPOSALS WINDOW CORES}. Prints a line a generation: proposals,
 * trainings, seconds, live heap of the one JVM that is driver and executors, bytes and files in the run's folder.
 */
public final class ScaleSimulation {

    private ScaleSimulation() {}

    public static void main(String[] arguments) {
        Path run = Path.of(arguments[0]);
        Settings settings = Settings.load(Optional.empty(), List.of("search.run=" + run,
                "search.generations=" + arguments[1], "search.proposals=" + arguments[2], "search.window=" + arguments[3],
                "search.yardsticks=[BN-ReLU]"));
        SparkSession.Builder builder = SparkSession.builder().master("local[" + arguments[4] + "]").appName("scale")
                .config("spark.ui.enabled", false).config("spark.log.level", "ERROR");
        try (SparkSession spark = builder.getOrCreate()) {
            Search.run(spark, settings, new KnownAccuracies(), "scale", false, new SearchObserver() {
                @Override
                public void generationCommitted(GenerationSummary summary) {
                    print(summary, run);
                }
            });
        }
    }

    private static void print(GenerationSummary summary, Path run) {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        try (Stream<Path> all = Files.walk(run)) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
            }
            System.out.printf(Locale.ROOT,
                    "generation %d: %d proposals, %d layers trained, %.1f s, heap %.1f MiB, %.2f MB in %d files%n",
                    summary.generation(), summary.proposed(), summary.trained(), summary.seconds(), heap / 1048576.0,
                    bytes * 1e-6, files.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
