package org.evonorm.report;

import java.awt.Color;
import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Objective;
import org.evonorm.training.TrainingResult.CurvePoint;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The plots that compare layers: accuracies in pairs of networks and over the other objectives, and learning curves. */
final class LayerPlots {

    private static final int SIDE = 370;
    /** Most points besides the front; more make the page heavy and the plot no clearer. */
    private static final int MOST_POINTS = 2000;

    private static final int MOST_CURVES = 6;

    private final RunHistory history;

    LayerPlots(RunHistory history) {
        this.history = history;
    }

    /** One scatter plot per pair of networks. */
    List<Plot> scatters() {
        List<Plot> plots = new ArrayList<>();
        for (int first = 0; first < history.networks().size(); first++) {
            for (int second = first + 1; second < history.networks().size(); second++) {
                plots.add(scatter(first, second));
            }
        }
        return plots;
    }

    /** One scatter plot per objective besides accuracy, over which the mean accuracy stands. */
    List<Plot> trades() {
        return history.objectives().stream().map(this::trade).toList();
    }

    private Plot scatter(int first, int second) {
        String across = history.networks().get(first);
        String up = history.networks().get(second);
        return scatter(
                "accuracy-" + across + "-" + up,
                across + " and " + up,
                "Accuracies of all trained layers in " + across + " and in " + up + ", the Pareto front marked",
                new Axis(PlotStyle.accuracyAxis("accuracy in " + across), in(first)),
                new Axis(PlotStyle.accuracyAxis("accuracy in " + up), in(second)));
    }

    private Plot trade(Objective objective) {
        return scatter(
                "accuracy-" + objective.text(),
                objective.text() + " and accuracy",
                "Mean accuracy of all trained layers over their " + objective.text() + ", the Pareto front marked",
                new Axis(axis(objective), layer -> layer.fitness().in(objective)),
                new Axis(
                        PlotStyle.accuracyAxis("mean accuracy"),
                        layer -> OptionalDouble.of(layer.fitness().mean())));
    }

    private static NumberAxis axis(Objective objective) {
        if (objective.isShare()) {
            return PlotStyle.accuracyAxis(objective.heading());
        }
        return objective == Objective.STEP_TIME
                ? PlotStyle.axis(objective.heading())
                : PlotStyle.wholeNumberAxis(objective.heading());
    }

    private static Function<Evaluated, OptionalDouble> in(int network) {
        return layer -> OptionalDouble.of(layer.fitness().accuracies().get(network));
    }

    /** An axis of a scatter plot, and the value of a layer there; a layer without a value is left out. */
    private record Axis(NumberAxis axis, Function<Evaluated, OptionalDouble> value) {}

    private Plot scatter(String name, String title, String text, Axis across, Axis up) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
        renderer.setDrawSeriesLineAsPath(false);
        Set<Candidate> front =
                history.front().stream().map(Evaluated::candidate).collect(Collectors.toSet());
        // The first series is drawn last, on top.
        List<Evaluated> others = history.found().stream()
                .filter(layer -> !front.contains(layer.candidate()))
                .limit(MOST_POINTS)
                .toList();
        points(data, renderer, "trained", others, across, up, PlotStyle.DOT, translucent(PlotStyle.BLUE));
        points(data, renderer, "Pareto front", history.front(), across, up, PlotStyle.BIG_DOT, PlotStyle.VERMILION);
        points(
                data,
                renderer,
                "baselines",
                history.baselines(),
                across,
                up,
                PlotStyle.DIAMOND,
                PlotStyle.BASELINES.get(0));
        return new Plot(name, title, text, PlotStyle.chart(data, across.axis, up.axis, renderer), SIDE, SIDE);
    }

    private static void points(
            XYSeriesCollection data,
            XYLineAndShapeRenderer renderer,
            String name,
            List<Evaluated> layers,
            Axis across,
            Axis up,
            Shape shape,
            Color color) {
        XYSeries series = new XYSeries(name);
        for (Evaluated layer : layers) {
            OptionalDouble x = across.value.apply(layer);
            OptionalDouble y = up.value.apply(layer);
            if (x.isPresent() && y.isPresent() && Double.isFinite(x.getAsDouble())) {
                series.add(x.getAsDouble(), y.getAsDouble());
            }
        }
        if (series.isEmpty()) {
            return;
        }
        renderer.setSeriesShape(data.getSeriesCount(), shape);
        renderer.setSeriesPaint(data.getSeriesCount(), color);
        data.addSeries(series);
    }

    private static Color translucent(Color color) {
        return new Color(color.getRed(), color.getGreen(), color.getBlue(), 120);
    }

    /** One plot per network: accuracy over the steps, for the best layers of the front and for the baselines. */
    List<Plot> learningCurves() {
        return history.networks().stream().map(this::learningCurves).toList();
    }

    private Plot learningCurves(String network) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
        List<Evaluated> shown = history.front().stream().limit(MOST_CURVES).toList();
        for (int i = 0; i < shown.size(); i++) {
            renderer.setSeriesStroke(i, PlotStyle.LINE);
            renderer.setSeriesPaint(i, PlotStyle.series(i));
            renderer.setSeriesShape(i, PlotStyle.DOT);
            data.addSeries(curve(
                    new SeriesName(i, (i + 1) + "  " + LayerLabel.brief(shown.get(i))),
                    history.curve(shown.get(i), network)));
        }
        for (int i = 0; i < history.baselines().size(); i++) {
            int number = data.getSeriesCount();
            renderer.setSeriesStroke(number, PlotStyle.dashed(i));
            renderer.setSeriesPaint(number, PlotStyle.baseline(i));
            renderer.setSeriesShapesVisible(number, false);
            data.addSeries(curve(
                    new SeriesName(number, LayerLabel.brief(history.baselines().get(i))),
                    history.curve(history.baselines().get(i), network)));
        }
        return new Plot(
                "learning-curves-" + network,
                network,
                "Accuracy in " + network + " over the steps of the training",
                PlotStyle.chart(
                        data,
                        PlotStyle.wholeNumberAxis("step"),
                        PlotStyle.accuracyAxis("validation accuracy"),
                        renderer),
                SIDE,
                SIDE);
    }

    private static XYSeries curve(SeriesName name, List<CurvePoint> points) {
        XYSeries series = new XYSeries(name);
        points.forEach(point -> series.add(point.step(), point.accuracy()));
        return series;
    }
}
