package org.evonorm.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.evonorm.cli.log.RunLog;
import org.evonorm.rerank.MeanAndDeviation;
import org.evonorm.rerank.RerankCandidate;
import org.evonorm.rerank.RerankObserver;
import org.evonorm.rerank.RerankSummary;
import org.evonorm.rerank.RerankedLayer;
import org.evonorm.store.ScoredOn;
import org.evonorm.text.Quantity;

/** The output of a rerank for the user: progress while it runs, and the rankings at the end. */
final class RerankReport extends RunReport implements RerankObserver {

    RerankReport(PrintWriter out, RunLog log) {
        super(out, log);
    }

    @Override
    public void rerankStarted(String folder, int found, int baselines) {
        begin("Rerank of the best " + Quantity.of(found, "layer") + " of " + folder + " beside "
                + Quantity.of(baselines, "baseline"));
    }

    @Override
    public void scoringStarted(ScoredOn images, int missing, int known, int failed) {
        close();
        tell(Quantity.of(missing, "training") + " to score on " + name(images) + " images"
                + (known == 0 ? "" : ", " + known + " done before")
                + (failed == 0 ? "" : ", " + failed + " failed before"));
        if (missing > 0) {
            count("rerank, " + name(images) + " images", "trainings", missing);
        }
    }

    @Override
    public void scoringAdvanced(ScoredOn images, int done, int missing) {
        advance(done, missing, "");
    }

    @Override
    public void trainingsRunning(ScoredOn images, double trainings) {
        running(trainings, "");
    }

    /** Prints both rankings, with means and standard deviations over the seeds. */
    void print(RerankSummary summary) {
        print(ScoredOn.VALIDATION, summary, summary.validation());
        if (!summary.test().isEmpty()) {
            print(ScoredOn.TEST, summary, summary.test());
        }
        say("");
        printFailures(summary);
        if (summary.seeds() > 1) {
            say("Accuracies are means ± standard deviations over " + summary.seeds() + " seeds.");
        }
        say("All trainings are in " + summary.folder() + "/rerank.");
    }

    /** Why layers failed, a line each. */
    private void printFailures(RerankSummary summary) {
        Set<String> failures = new LinkedHashSet<>();
        Stream.concat(summary.validation().stream(), summary.test().stream())
                .forEach(layer -> layer.failure()
                        .ifPresent(failure -> failures.add(layer.layer().id() + " failed in " + failure)));
        failures.forEach(this::say);
        if (!failures.isEmpty()) {
            say("Failed trainings are not tried again; --retry-failed does.");
        }
    }

    private void print(ScoredOn images, RerankSummary summary, List<RerankedLayer> layers) {
        List<String> headings = new ArrayList<>(List.of(name(images) + " images"));
        headings.addAll(summary.networks());
        headings.add("mean");
        summary.objectives().forEach(objective -> headings.add(objective.heading()));
        headings.addAll(List.of("id", "layer"));
        TextTable table = new TextTable(headings);
        int found = 0;
        for (RerankedLayer layer : layers) {
            boolean isFound = layer.layer() instanceof RerankCandidate.Found;
            found += isFound ? 1 : 0;
            // The test images give no ranks.
            String kind = images == ScoredOn.TEST ? "kept" : "found, rank " + found;
            List<String> cells = new ArrayList<>(List.of(isFound ? kind : "baseline"));
            for (int network = 0; network < summary.networks().size(); network++) {
                cells.add(layer.isCompleted() ? percent(layer.in(network)) : "");
            }
            cells.add(layer.isCompleted() ? percent(layer.overall()) : "");
            summary.objectives().forEach(objective -> cells.add(summary.text(objective, layer)));
            cells.addAll(List.of(layer.layer().id(), layer.layer().title() + (layer.isCompleted() ? "" : " (failed)")));
            table.row(cells);
        }
        say("");
        say(table);
    }

    private static String name(ScoredOn images) {
        return images == ScoredOn.TEST ? "test" : "held-out";
    }

    private static String percent(MeanAndDeviation accuracy) {
        String mean = String.format(Locale.ROOT, "%.1f%%", 100 * accuracy.mean());
        return Double.isNaN(accuracy.deviation())
                ? mean
                : mean + String.format(Locale.ROOT, " ± %.1f", 100 * accuracy.deviation());
    }
}
