package org.evonorm.store;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.evonorm.evolution.Evaluated;
import org.evonorm.graph.Formula;
import org.evonorm.graph.simplification.Simplification;

/**
 * The Pareto front of a run as two small files for people, {@code front.txt} and {@code front.csv}, which a search
 * renews after each commit (docs/run-folder.md, "The front"). The tables alone are what the program reads, so that an
 * altered or missing file harms nothing.
 */
public final class FrontFiles {

    private static final String TEXT = "front.txt";
    private static final String CSV = "front.csv";

    private FrontFiles() {}

    /**
     * Writes those of the two files that are missing or hold something else.
     *
     * @param generation the generation after which the front stands
     * @param front      its layers, the highest mean accuracy first
     * @param networks   names of the networks, in the order of the accuracies
     * @throws StoreException if the lease was taken over, or the folder cannot be written
     */
    public static void renew(
            RunFolder folder, RunLease lease, int generation, List<Evaluated> front, List<String> networks) {
        renew(folder, lease, TEXT, text(generation, front));
        renew(folder, lease, CSV, csv(front, networks));
    }

    private static void renew(RunFolder folder, RunLease lease, String name, String text) {
        Path path = folder.path(name);
        if (!holds(folder, path, text)) {
            lease.replace(text, path);
        }
    }

    private static boolean holds(RunFolder folder, Path path, String text) {
        try {
            return folder.read(path).equals(text);
        } catch (IOException e) {
            // Missing or damaged; writing tells what is wrong with the folder.
            return false;
        }
    }

    /** One formula per line, as {@code --seed-layers} takes them. */
    private static String text(int generation, List<Evaluated> front) {
        String head = "# The front after generation " + generation + ", the highest mean accuracy first.";
        return lines(Stream.concat(Stream.of(head), front.stream().map(FrontFiles::formula)));
    }

    private static String csv(List<Evaluated> front, List<String> networks) {
        String head = "id,generation,mean,"
                + networks.stream().map(name -> name + ",").collect(Collectors.joining()) + "formula";
        return lines(Stream.concat(Stream.of(head), front.stream().map(FrontFiles::row)));
    }

    private static String row(Evaluated layer) {
        Stream<String> accuracies = Stream.concat(
                        Stream.of(layer.fitness().mean()), layer.fitness().accuracies().stream())
                .map(accuracy -> String.format(Locale.ROOT, "%.4f", accuracy));
        // Formulas hold commas, but no quotation marks.
        return layer.candidate().id() + "," + layer.candidate().generation() + ","
                + accuracies.collect(Collectors.joining(",")) + ",\"" + formula(layer) + "\"";
    }

    private static String formula(Evaluated layer) {
        return Formula.print(Simplification.shown(layer.candidate().layer()));
    }

    private static String lines(Stream<String> lines) {
        return lines.collect(Collectors.joining("\n", "", "\n"));
    }
}
