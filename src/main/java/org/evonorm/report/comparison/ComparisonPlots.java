package org.evonorm.report.comparison;

import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.evonorm.evolution.Evaluated;
import org.evonorm.report.Plot;
import org.evonorm.report.PlotStyle;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The plots of a comparison: the progress of the runs over each other, and their fronts; each run has a colour. */
final class ComparisonPlots {

    private static final int WIDTH = 560;
    private static final int HEIGHT = 340;
    private static final int SIDE = 370;
    private static final double HOUR = 3600;
    private static final double MINUTE = 60;

    private final List<ComparedRun> runs;
    private final List<String> networks;

    ComparisonPlots(List<ComparedRun> runs, List<String> networks) {
        this.runs = runs;
        this.networks = networks;
    }

    /** Best accuracy and hypervolume of the front, over generations and over computing time. */
    List<Plot> progress() {
        boolean hours = runs.stream().anyMatch(run -> run.last().seconds() >= HOUR);
        double unit = hours ? HOUR : MINUTE;
        String time = (hours ? "hours" : "minutes") + " of filters and trainings, summed over all tasks";
        return List.of(
                best("best-over-generations", PlotStyle.wholeNumberAxis("generation"), RunProgress.Point::generation),
                best("best-over-hours", PlotStyle.axis(time), point -> point.seconds() / unit),
                front("front-over-generations", PlotStyle.wholeNumberAxis("generation"), RunProgress.Point::generation),
                front("front-over-hours", PlotStyle.axis(time), point -> point.seconds() / unit));
    }

    private Plot best(String name, NumberAxis domain, ToDoubleFunction<RunProgress.Point> at) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
        runs.forEach(run -> add(data, renderer, run, at, RunProgress.Point::best));
        for (ComparedRun run : runs) {
            run.history().bestBaseline().ifPresent(baseline -> {
                XYSeries level = new XYSeries(run.name() + ", best baseline");
                level.add(0, baseline.fitness().mean());
                level.add(
                        Math.max(at.applyAsDouble(run.last()), Math.ulp(1.0)),
                        baseline.fitness().mean());
                int number = data.getSeriesCount();
                renderer.setSeriesPaint(number, PlotStyle.series(run.number()));
                renderer.setSeriesStroke(number, PlotStyle.dashed(run.number()));
                renderer.setSeriesShapesVisible(number, false);
                data.addSeries(level);
            });
        }
        return plot(
                name,
                "Best mean accuracy",
                data,
                domain,
                PlotStyle.accuracyAxis("best mean accuracy so far"),
                renderer);
    }

    private Plot front(String name, NumberAxis domain, ToDoubleFunction<RunProgress.Point> at) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
        runs.forEach(run -> add(data, renderer, run, at, RunProgress.Point::volume));
        return plot(
                name, "Hypervolume of the front", data, domain, PlotStyle.axis("hypervolume of all layers"), renderer);
    }

    private static void add(
            XYSeriesCollection data,
            XYLineAndShapeRenderer renderer,
            ComparedRun run,
            ToDoubleFunction<RunProgress.Point> at,
            ToDoubleFunction<RunProgress.Point> value) {
        XYSeries series = new XYSeries(run.name());
        run.progress().stream()
                .filter(point -> Double.isFinite(value.applyAsDouble(point)))
                .forEach(point -> series.add(at.applyAsDouble(point), value.applyAsDouble(point)));
        int number = data.getSeriesCount();
        renderer.setSeriesPaint(number, PlotStyle.series(run.number()));
        renderer.setSeriesStroke(number, PlotStyle.LINE);
        renderer.setSeriesShape(number, PlotStyle.DOT);
        data.addSeries(series);
    }

    private static Plot plot(
            String name,
            String title,
            XYSeriesCollection data,
            NumberAxis domain,
            NumberAxis range,
            XYLineAndShapeRenderer renderer) {
        domain.setAutoRangeIncludesZero(true);
        return new Plot(
                name,
                title,
                title + " of each run, " + domain.getLabel() + " from left to right",
                PlotStyle.chart(data, domain, range, renderer),
                WIDTH,
                HEIGHT);
    }

    /** The fronts of the runs, one plot per pair of networks. */
    List<Plot> fronts() {
        List<Plot> plots = new ArrayList<>();
        for (int first = 0; first < networks.size(); first++) {
            for (int second = first + 1; second < networks.size(); second++) {
                plots.add(fronts(first, second));
            }
        }
        return plots;
    }

    private Plot fronts(int first, int second) {
        String across = networks.get(first);
        String up = networks.get(second);
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
        for (ComparedRun run : runs) {
            points(data, renderer, run, run.name(), run.history().front(), PlotStyle.BIG_DOT, first, second);
        }
        for (ComparedRun run : runs) {
            points(
                    data,
                    renderer,
                    run,
                    run.name() + ", baselines",
                    run.history().baselines(),
                    PlotStyle.DIAMOND,
                    first,
                    second);
        }
        return new Plot(
                "fronts-" + across + "-" + up,
                across + " and " + up,
                "Accuracies in " + across + " and in " + up + " of the layers on the runs' fronts and of the baselines",
                PlotStyle.chart(
                        data,
                        PlotStyle.accuracyAxis("accuracy in " + across),
                        PlotStyle.accuracyAxis("accuracy in " + up),
                        renderer),
                SIDE,
                SIDE);
    }

    private static void points(
            XYSeriesCollection data,
            XYLineAndShapeRenderer renderer,
            ComparedRun run,
            String name,
            List<Evaluated> layers,
            Shape shape,
            int first,
            int second) {
        XYSeries series = new XYSeries(name, false, true);
        layers.forEach(layer -> series.add(
                layer.fitness().accuracies().get(first),
                layer.fitness().accuracies().get(second)));
        int number = data.getSeriesCount();
        renderer.setSeriesPaint(number, PlotStyle.series(run.number()));
        renderer.setSeriesShape(number, shape);
        data.addSeries(series);
    }
}
