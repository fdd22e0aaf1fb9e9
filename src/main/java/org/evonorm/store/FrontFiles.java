package org.evonorm.store;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.ObjectiveValue;
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
     * @param further    objectives of the search besides accuracy
     * @throws StoreException if the lease was taken over, or the folder cannot be written
     */
    public static void renew(
            RunFolder folder,
            RunLease lease,
            int generation,
            List<Evaluated> front,
            List<String> networks,
            List<Objective> further) {
        renew(folder, lease, TEXT, text(generation, front));
        renew(folder, lease, CSV, csv(front, networks, further));
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

    /**
     * One formula per line, as {@code --seed-layers} takes them; before each, where the search has objectives besides
     * accuracy, its values as a comment.
     */
    private static String text(int generation, List<Evaluated> front) {
        String head = "# The front after generation " + generation + ", the highest mean accuracy first.";
        return lines(Stream.concat(Stream.of(head), front.stream().flatMap(FrontFiles::text)));
    }

    private static Stream<String> text(Evaluated layer) {
        String values =
                layer.fitness().further().stream().map(ObjectiveValue::text).collect(Collectors.joining(", "));
        String accuracy = Objective.ACCURACY.text(layer.fitness().mean()) + " mean accuracy";
        return values.isEmpty()
                ? Stream.of(formula(layer))
                : Stream.of("# " + accuracy + ", " + values, formula(layer));
    }

    private static String csv(List<Evaluated> front, List<String> networks, List<Objective> further) {
        String head = "id,generation,mean,"
                + Stream.concat(networks.stream(), further.stream().map(Objective::text))
                        .map(name -> name + ",")
                        .collect(Collectors.joining())
                + "formula";
        return lines(Stream.concat(Stream.of(head), front.stream().map(FrontFiles::row)));
    }

    private static String row(Evaluated layer) {
        Stream<String> accuracies = Stream.concat(
                        Stream.of(layer.fitness().mean()), layer.fitness().accuracies().stream())
                .map(accuracy -> String.format(Locale.ROOT, "%.4f", accuracy));
        Stream<String> further = layer.fitness().further().stream()
                .map(value -> value.objective().text(value.value()));
        // Formulas hold commas, but no quotation marks.
        return layer.candidate().id() + "," + layer.candidate().generation() + ","
                + Stream.concat(accuracies, further).collect(Collectors.joining(",")) + ",\"" + formula(layer) + "\"";
    }

    private static String formula(Evaluated layer) {
        return Formula.print(Simplification.shown(layer.candidate().layer()));
    }

    private static String lines(Stream<String> lines) {
        return lines.collect(Collectors.joining("\n", "", "\n"));
    }
}
