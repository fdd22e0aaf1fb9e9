package org.evonorm.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.evonorm.cli.log.RunLog;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.Formula;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.search.progress.GenerationSummary;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.search.progress.Stage;
import org.evonorm.settings.SearchSettings;
import org.evonorm.text.Quantity;

/** The output of a search for the user: progress, a few lines per generation, and a table at the end. */
final class SearchReport extends RunReport implements SearchObserver {

    private final SearchSettings settings;
    private Optional<Evaluated> baseline = Optional.empty();
    private Optional<Evaluated> best = Optional.empty();
    private boolean bestIsNew;

    SearchReport(PrintWriter out, RunLog log, SearchSettings settings) {
        super(out, log);
        this.settings = settings;
    }

    @Override
    public void searchStarted(String folder, int committed) {
        begin(
                committed == 0
                        ? "New search in " + folder + ", seed " + settings.seed()
                        : "Search in " + folder + " goes on after generation " + (committed - 1));
    }

    @Override
    public void stageAdvanced(int generation, Stage stage, int done, int total) {
        if (done == 0) {
            count("generation " + generation + ", " + stage.title(), stage.items(), total);
        }
        advance(done, total, bestAccuracy());
    }

    @Override
    public void trainingsRunning(int generation, double trainings) {
        running(trainings, bestAccuracy());
    }

    private String bestAccuracy() {
        return best.map(layer -> "best " + percent(layer.fitness().mean())).orElse("");
    }

    @Override
    public void baselinesTrained(List<Evaluated> baselines) {
        baselines.forEach(trained -> tell("  baseline " + name(trained) + ": " + accuracies(trained.fitness())));
        baseline = baselines.stream()
                .max(Comparator.comparingDouble(trained -> trained.fitness().mean()));
    }

    @Override
    public void bestFound(Evaluated found) {
        best = Optional.of(found);
        bestIsNew = true;
    }

    /**
     * A text such as {@code best mean accuracy 25.0% (EvoNorm-B0 36.5%)}; the baseline alone before the first layer.
     */
    private String bestSoFar() {
        String reference = baseline.map(trained ->
                        name(trained) + " " + percent(trained.fitness().mean()))
                .orElse("");
        return best.map(layer -> "best mean accuracy " + percent(layer.fitness().mean())
                        + (reference.isEmpty() ? "" : " (" + reference + ")"))
                .orElse(reference);
    }

    @Override
    public void generationCommitted(GenerationSummary summary) {
        close();
        if (summary.generation() == 0) {
            tell(String.format(
                    Locale.ROOT,
                    "Generation 0: %s trained (%s)",
                    summary.window() == 0
                            ? Quantity.of(summary.trained(), "baseline")
                            : summary.trained() + " baselines and seed layers",
                    time(summary)));
            return;
        }
        String rejected = Arrays.stream(CandidateStatus.Filter.values())
                .filter(filter -> summary.rejectedBy(filter) > 0)
                .map(filter -> summary.rejectedBy(filter) + " fell at the "
                        + filter.name().toLowerCase(Locale.ROOT) + " filter, ")
                .collect(Collectors.joining());
        tell(String.format(
                Locale.ROOT,
                "Generation %d of %d: %d proposed, %d known before, %s%s%s%d trained, front of %d, %s (%s)",
                summary.generation(),
                settings.generations(),
                summary.proposed(),
                summary.duplicates(),
                rejected,
                summary.failed() == 0 ? "" : summary.failed() + " failed, ",
                summary.stopped() == 0 ? "" : summary.stopped() + " stopped at hurdles, ",
                summary.trained(),
                summary.front().size(),
                best.isPresent() ? bestSoFar() : "no layer so far",
                time(summary)));
        tellBest("new best");
    }

    /** A text such as {@code 39 s, executors idle for 21%}. */
    private static String time(GenerationSummary summary) {
        String seconds = String.format(Locale.ROOT, "%.0f s", summary.seconds());
        return Double.isNaN(summary.idle())
                ? seconds
                : seconds + String.format(Locale.ROOT, ", executors idle for %.0f%%", 100 * summary.idle());
    }

    /** Prints the best layer, once. */
    private void tellBest(String heading) {
        if (bestIsNew) {
            best.ifPresent(layer -> tell("  " + heading + ": " + accuracies(layer.fitness()) + "  " + name(layer)));
            bestIsNew = false;
        }
    }

    @Override
    public void generationStarted(int generation) {
        tellBest("best so far");
    }

    /** Prints the best layers beside the baselines. */
    void print(SearchSummary summary) {
        List<String> headings = new ArrayList<>(List.of("validation accuracy"));
        headings.addAll(summary.networks());
        headings.add("mean");
        settings.furtherObjectives().forEach(objective -> headings.add(objective.heading()));
        headings.addAll(List.of("id", "layer"));
        TextTable table = new TextTable(headings);
        summary.baselines().forEach(baseline -> table.row(cells("baseline", baseline)));
        for (int i = 0; i < summary.best().size(); i++) {
            table.row(cells("found, rank " + (i + 1), summary.best().get(i)));
        }
        boolean hasRows = !summary.baselines().isEmpty() || !summary.best().isEmpty();
        if (hasRows) {
            say("");
            say(table);
            say("");
        }
        // Before the first generation after the baselines, no layer was judged.
        if (summary.best().isEmpty() && summary.generations() > 0) {
            say("No layer passed the filters " + (settings.hurdles().isNone() ? "" : "and hurdles ")
                    + "so far; more generations may find some.");
        }
        if (summary.deadline()) {
            say("The search stopped at its deadline "
                    + (summary.generations() < 0
                            ? "before a generation was done"
                            : "after generation " + summary.generations())
                    + "; the same command goes on with what was trained since.");
        }
        say("All tables are in " + summary.folder() + ".");
    }

    private List<String> cells(String kind, Evaluated evaluated) {
        List<String> cells = new ArrayList<>(List.of(kind));
        evaluated.fitness().accuracies().forEach(accuracy -> cells.add(percent(accuracy)));
        cells.add(percent(evaluated.fitness().mean()));
        settings.furtherObjectives().forEach(objective -> cells.add(objective.text(evaluated.fitness())));
        cells.addAll(List.of(evaluated.candidate().id(), name(evaluated)));
        return cells;
    }

    /** The name of a baseline or seed layer, or else the formula. */
    private static String name(Evaluated evaluated) {
        Origin origin = evaluated.candidate().origin();
        if (origin instanceof Origin.Baseline baseline) {
            return baseline.name();
        }
        return origin instanceof Origin.Seed seed
                ? seed.name()
                : Formula.print(Simplification.shown(evaluated.candidate().layer()));
    }

    private String accuracies(Fitness fitness) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < settings.networks().size(); i++) {
            texts.add(settings.networks().get(i) + " "
                    + percent(fitness.accuracies().get(i)));
        }
        fitness.further().forEach(value -> texts.add(value.text()));
        return String.join(", ", texts);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}
