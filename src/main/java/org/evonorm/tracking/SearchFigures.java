package org.evonorm.tracking;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Hypervolume;
import org.evonorm.graph.Formula;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.store.GenerationTotals;
import org.evonorm.store.RunTables;

/**
 * The figures of a search, generation by generation: what the search shows of a generation, taken from the run's tables,
 * so that generations of earlier starts have the same figures. It keeps the best accuracies so far, and is asked for
 * every generation in turn.
 */
final class SearchFigures {

    /** The tag that every committed generation has. */
    static final String OF_EVERY_GENERATION = "front/size";

    private final List<String> networks;
    private final double[] best;
    private double bestMean = Double.NaN;

    SearchFigures(List<String> networks) {
        this.networks = networks;
        this.best = new double[networks.size()];
        Arrays.fill(best, Double.NaN);
    }

    /**
     * The figures of a generation.
     *
     * @param tables the tables up to this generation, which is the last one
     * @param front  front of the window after it, the highest mean accuracy first
     */
    Figures of(RunTables tables, List<Evaluated> front) {
        int generation = tables.generations() - 1;
        List<Evaluated> trained = tables.trained(generation);
        trained.forEach(this::consider);
        Figures figures = new Figures();
        figures.figure("accuracy/best mean", bestMean);
        figures.figure(
                "accuracy/mean of the generation",
                trained.stream()
                        .mapToDouble(layer -> layer.fitness().mean())
                        .average()
                        .orElse(Double.NaN));
        figures.figure(
                "accuracy/best baseline",
                tables.baselines().stream()
                        .mapToDouble(layer -> layer.fitness().mean())
                        .max()
                        .orElse(Double.NaN));
        for (int network = 0; network < networks.size(); network++) {
            figures.figure("accuracy/best in " + networks.get(network), best[network]);
        }
        figures.figure(OF_EVERY_GENERATION, front.size());
        figures.figure("front/hypervolume", Hypervolume.of(front));
        count(figures, tables.totals(generation));
        return figures.text("front/formulas", table(front));
    }

    private void consider(Evaluated layer) {
        bestMean = higher(bestMean, layer.fitness().mean());
        for (int network = 0; network < best.length; network++) {
            best[network] = higher(best[network], layer.fitness().accuracies().get(network));
        }
    }

    private static double higher(double best, double accuracy) {
        return Double.isNaN(best) ? accuracy : Math.max(best, accuracy);
    }

    private static void count(Figures figures, GenerationTotals totals) {
        figures.figure(
                "candidates/proposed",
                totals.byStatus().values().stream()
                        .mapToDouble(Long::doubleValue)
                        .sum());
        Stream<CandidateStatus> filters =
                Arrays.stream(CandidateStatus.Filter.values()).map(filter -> new CandidateStatus.Rejected(filter, ""));
        Stream<CandidateStatus> others = Stream.of(
                new CandidateStatus.Duplicate(""),
                new CandidateStatus.Failed(""),
                new CandidateStatus.Stopped(0, ""),
                new CandidateStatus.Trained());
        Stream.concat(filters, others)
                .map(CandidateStatus::text)
                .forEach(status -> figures.figure(
                        "candidates/" + status, (double) totals.byStatus().getOrDefault(status, 0L)));
        figures.figure("seconds/filters and trainings of all tasks", totals.seconds());
    }

    /** The front as a table in Markdown. */
    private String table(List<Evaluated> front) {
        if (front.isEmpty()) {
            return "There is no front yet.";
        }
        String head = "| layer | mean | " + String.join(" | ", networks) + " | id |\n|---|---|"
                + "---|".repeat(networks.size()) + "---|\n";
        return front.stream().map(SearchFigures::row).collect(Collectors.joining("\n", head, "\n"));
    }

    private static String row(Evaluated layer) {
        return "| `" + Formula.print(Simplification.shown(layer.candidate().layer())) + "` | "
                + Stream.concat(Stream.of(layer.fitness().mean()), layer.fitness().accuracies().stream())
                        .map(accuracy -> String.format(Locale.ROOT, "%.1f%%", 100 * accuracy))
                        .collect(Collectors.joining(" | "))
                + " | " + layer.candidate().id() + " |";
    }
}
