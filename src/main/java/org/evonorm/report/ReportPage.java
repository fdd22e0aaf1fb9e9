package org.evonorm.report;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.Origin;
import org.evonorm.export.ExportFormat;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.graph.typeset.TypesetLayer;
import org.evonorm.text.ShellText;

/** The HTML page of a report, made from the template {@code report.ftlh}, which escapes every value. */
final class ReportPage {

    private static final int BEST = 3;
    private static final int RELOAD_SECONDS = 15;

    /**
     * A trained layer as a row of a table.
     *
     * @param rank number on the front, from 1; 0 for other layers
     * @param kind class of the row, {@code front} or {@code baseline}
     * @param further values in the objectives besides accuracy and passes
     * @param passes passes over the activations that the layer takes in a training step of the CPU engine
     */
    public record LayerRow(
            int rank,
            String kind,
            String name,
            String formula,
            List<Double> accuracies,
            double mean,
            int generation,
            String origin,
            int nodes,
            int passes,
            List<Figure> further,
            String id) {}

    /** The value of a layer in an objective; {@code value} orders rows, and both are empty if it is not known. */
    public record Figure(String name, String text, String value) {

        static Figure of(Objective objective, Evaluated layer) {
            OptionalDouble value = layer.fitness().in(objective);
            return new Figure(
                    objective.heading(),
                    objective.text(layer.fitness()),
                    value.isPresent() ? Double.toString(value.getAsDouble()) : "");
        }
    }

    /**
     * One of the best layers.
     *
     * @param mathMl  the formula in MathML, which the page holds as it is
     * @param latex   the formula in LaTeX
     * @param graph   drawn, as SVG
     * @param command the shell command that exports the layer
     * @param module  the layer as PyTorch module
     */
    public record Portrait(LayerRow row, String mathMl, String latex, String graph, String command, String module) {}

    /** An ancestor of the best layer. */
    public record Ancestor(
            LayerRow row, List<Lineage.NodeChange> changes, String graft, List<FormulaDiff.Piece> formula) {}

    private final RunHistory history;
    private final Map<String, Object> model = new HashMap<>();

    ReportPage(RunHistory history, List<Plot> accuracy, Plot funnel, List<Plot> scatters, List<Plot> curves) {
        this.history = history;
        Config settings = history.settings();
        model.put("name", Path.of(history.folder()).getFileName().toString());
        model.put("folder", history.folder());
        model.put("generation", history.generation());
        model.put("planned", history.planned());
        model.put("networks", history.networks());
        model.put("rankings", RerankRanking.of(history.reranked(), history.networks()));
        int images = settings.getInt("data.validation-images");
        model.put("validationImages", images);
        model.put(
                "noise",
                history.bestBaseline()
                        .map(layer -> layer.fitness().mean())
                        .map(share -> Math.sqrt(share * (1 - share) / images))
                        .orElse(0.0));
        model.put("funnels", history.funnels());
        model.put("statuses", Funnel.statuses(history.funnels()));
        model.put("reasons", FrequentReason.of(history.funnels()));
        model.put("proposed", history.proposed());
        model.put("trained", history.found().size());
        model.put("duration", history.duration());
        model.put(
                "baseline",
                history.bestBaseline().map(layer -> List.of(row(0, layer))).orElse(List.of()));
        model.put(
                "portraits",
                IntStream.range(0, Math.min(BEST, history.found().size()))
                        .mapToObj(i -> portrait(i + 1, history.found().get(i)))
                        .toList());
        model.put(
                "objectives",
                history.objectives().stream().map(Objective::heading).toList());
        model.put("layers", layers());
        model.put("frontSize", history.front().size());
        model.put("lineage", history.best().map(this::ancestors).orElse(List.of()));
        model.put("accuracyPlots", accuracy.stream().map(PageTemplate.Image::of).toList());
        model.put("funnelPlot", PageTemplate.Image.of(funnel));
        model.put("scatters", scatters.stream().map(PageTemplate.Image::of).toList());
        model.put("curves", curves.stream().map(PageTemplate.Image::of).toList());
        model.put("versions", history.startedWith());
        model.put("settings", history.runConf());
    }

    /**
     * The text of the page.
     *
     * @param follows whether the page reloads itself every few seconds
     */
    String html(boolean follows) {
        model.put("reload", follows ? RELOAD_SECONDS : 0);
        return PageTemplate.fill("report.ftlh", model);
    }

    private List<LayerRow> layers() {
        List<LayerRow> rows = new ArrayList<>();
        for (int i = 0; i < history.front().size(); i++) {
            rows.add(row(i + 1, history.front().get(i)));
        }
        history.baselines().forEach(baseline -> rows.add(row(0, baseline)));
        return rows;
    }

    private LayerRow row(int rank, Evaluated layer) {
        Origin origin = layer.candidate().origin();
        boolean baseline = origin instanceof Origin.Baseline;
        Layer shown = Simplification.shown(layer.candidate().layer());
        return new LayerRow(
                rank,
                baseline ? "baseline" : "front",
                LayerLabel.name(layer),
                Formula.print(shown),
                layer.fitness().accuracies(),
                layer.fitness().mean(),
                layer.candidate().generation(),
                origin.getClass().getSimpleName().toLowerCase(Locale.ROOT),
                CanonicalForm.reduced(shown.graph()).nodes().size(),
                passes(layer.candidate().layer()),
                history.objectives().stream()
                        .filter(objective -> objective != Objective.PASSES)
                        .map(objective -> Figure.of(objective, layer))
                        .toList(),
                layer.candidate().id());
    }

    private static int passes(Layer layer) {
        return LayerPlan.training(Simplification.of(layer)).passCount();
    }

    private Portrait portrait(int rank, Evaluated layer) {
        Layer shown = Simplification.shown(layer.candidate().layer());
        LayerRow row = row(rank, layer);
        String command = "submit/evonorm export --run " + ShellText.quoted(history.folder()) + " --candidate "
                + row.id() + " --format pytorch";
        return new Portrait(
                row,
                TypesetLayer.mathMl(shown),
                TypesetLayer.latex(shown),
                GraphDrawing.of(shown),
                command,
                ExportFormat.PYTORCH.write(history.exported(layer)));
    }

    private List<Ancestor> ancestors(Evaluated best) {
        return Lineage.of(best, history.found()).steps().stream()
                .map(step -> new Ancestor(row(0, step.layer()), step.changes(), step.graft(), step.formula()))
                .toList();
    }
}
