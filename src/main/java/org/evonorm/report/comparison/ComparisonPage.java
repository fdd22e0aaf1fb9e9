package org.evonorm.report.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.ParetoFront;
import org.evonorm.report.LayerLabel;
import org.evonorm.report.PageTemplate;
import org.evonorm.report.Plot;
import org.evonorm.report.RunHistory;
import org.evonorm.settings.SettingDifferences;

/** The HTML page of a comparison, made from the template {@code comparison.ftlh}. */
final class ComparisonPage {

    /**
     * The figures of a run.
     *
     * @param best      highest mean accuracy, as text; empty before the first layer
     * @param baseline  the best baseline with its mean accuracy, as text; empty without one
     * @param volume    hypervolume of the front of all layers
     * @param duration  computing time of all tasks
     */
    public record RunFigures(
            String name,
            String folder,
            int generation,
            int planned,
            long proposed,
            int trained,
            String best,
            String baseline,
            double volume,
            int front,
            String duration) {}

    /**
     * A layer of the front of a run.
     *
     * @param kind  class of the row, {@code front} or {@code baseline}
     * @param joint whether no layer on the front of any run dominates it
     */
    public record FrontRow(
            String kind,
            String run,
            boolean joint,
            String name,
            List<Double> accuracies,
            double mean,
            int generation,
            String id) {}

    private final Map<String, Object> model = new HashMap<>();

    ComparisonPage(
            List<ComparedRun> runs,
            List<String> networks,
            SettingDifferences differences,
            List<Plot> progress,
            List<Plot> fronts) {
        model.put("runs", runs.stream().map(ComparisonPage::figures).toList());
        model.put("networks", networks);
        model.put("differences", differences.differences());
        model.put("otherTrainings", differences.isOfTraining());
        model.put("layers", layers(runs));
        model.put("rerank", ComparedRerank.of(runs, networks));
        model.put("progress", progress.stream().map(PageTemplate.Image::of).toList());
        model.put("fronts", fronts.stream().map(PageTemplate.Image::of).toList());
    }

    /** The text of the page. */
    String html() {
        return PageTemplate.fill("comparison.ftlh", model);
    }

    private static RunFigures figures(ComparedRun run) {
        RunHistory history = run.history();
        return new RunFigures(
                run.name(),
                history.folder(),
                history.generation(),
                history.planned(),
                history.proposed(),
                history.found().size(),
                history.best()
                        .map(layer -> LayerLabel.percent(layer.fitness().mean()))
                        .orElse(""),
                history.bestBaseline()
                        .map(layer -> LayerLabel.name(layer) + " "
                                + LayerLabel.percent(layer.fitness().mean()))
                        .orElse(""),
                run.last().volume(),
                history.front().size(),
                history.duration());
    }

    /** The fronts and the baselines of all runs, the highest mean accuracy first. */
    private static List<FrontRow> layers(List<ComparedRun> runs) {
        List<Evaluated> all =
                runs.stream().flatMap(run -> run.history().front().stream()).toList();
        // By their objects: runs may have found layers that are equal.
        Set<Integer> joint = new HashSet<>();
        ParetoFront.of(IntStream.range(0, all.size()).boxed().toList(), i -> Accuracies.of(all.get(i)))
                .forEach(joint::add);
        List<FrontRow> rows = new ArrayList<>();
        int number = 0;
        for (ComparedRun run : runs) {
            for (Evaluated layer : run.history().front()) {
                rows.add(row(run, layer, "front", joint.contains(number)));
                number++;
            }
            run.history().baselines().forEach(baseline -> rows.add(row(run, baseline, "baseline", false)));
        }
        return rows.stream()
                .sorted(Comparator.comparingDouble((FrontRow row) -> -row.mean()))
                .toList();
    }

    private static FrontRow row(ComparedRun run, Evaluated layer, String kind, boolean joint) {
        return new FrontRow(
                kind,
                run.name(),
                joint,
                LayerLabel.name(layer),
                layer.fitness().accuracies(),
                layer.fitness().mean(),
                layer.candidate().generation(),
                layer.candidate().id());
    }
}
