package org.evonorm.report;

import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.evonorm.evolution.Evaluated;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.renderer.xy.StackedXYBarRenderer;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.DefaultTableXYDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The plots of a run's progress over generations and computing time: candidates by status, and accuracy. */
final class ProgressPlots {

    private static final int WIDTH = 560;
    private static final int HEIGHT = 340;
    private static final double HOUR = 3600;
    private static final double MINUTE = 60;
    /** Most generations for which lines have a dot per generation. */
    private static final int MOST_DOTS = 40;

    private final RunHistory history;

    ProgressPlots(RunHistory history) {
        this.history = history;
    }

    /** The candidates by status, one bar per generation. */
    Plot funnel() {
        DefaultTableXYDataset data = new DefaultTableXYDataset();
        StackedXYBarRenderer renderer = new StackedXYBarRenderer(0.25);
        for (Map.Entry<String, String> status :
                Funnel.statuses(history.funnels()).entrySet()) {
            XYSeries series = new XYSeries(status.getValue(), true, false);
            history.funnels()
                    .forEach(funnel -> series.add(funnel.generation(), (double) funnel.count(status.getKey())));
            renderer.setSeriesPaint(data.getSeriesCount(), PlotStyle.ofStatus(status.getKey()));
            data.addSeries(series);
        }
        renderer.setBarPainter(new StandardXYBarPainter());
        renderer.setShadowVisible(false);
        renderer.setDrawBarOutline(false);
        JFreeChart chart = PlotStyle.chart(
                data, PlotStyle.wholeNumberAxis("generation"), PlotStyle.wholeNumberAxis("candidates"), renderer);
        return new Plot(
                "funnel",
                "Candidates by status",
                "Bars of the candidates of each generation by status",
                chart,
                WIDTH,
                HEIGHT);
    }

    /** Best and mean accuracy over the generations. */
    Plot overGenerations() {
        return accuracy(
                "accuracy-over-generations",
                "Accuracy over generations",
                PlotStyle.wholeNumberAxis("generation"),
                generation -> generation);
    }

    /** Best and mean accuracy over the computing time of filters and trainings, summed over all tasks. */
    Plot overHours() {
        double[] spent = new double[history.funnels().size()];
        double sum = 0;
        for (int i = 0; i < spent.length; i++) {
            sum += history.funnels().get(i).seconds();
            spent[i] = sum;
        }
        boolean hours = sum >= HOUR;
        return accuracy(
                "accuracy-over-hours",
                "Accuracy over computing time",
                PlotStyle.axis((hours ? "hours" : "minutes") + " of filters and trainings, summed over all tasks"),
                generation -> spent[generation] / (hours ? HOUR : MINUTE));
    }

    private Plot accuracy(String name, String title, NumberAxis domain, IntToDoubleFunction at) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, history.generation() <= MOST_DOTS);
        XYSeries best = new XYSeries("best so far");
        XYSeries mean = new XYSeries("mean of the generation");
        double highest = Double.NEGATIVE_INFINITY;
        for (int generation = 1; generation <= history.generation(); generation++) {
            int number = generation;
            List<Evaluated> trained = history.found().stream()
                    .filter(layer -> layer.candidate().generation() == number)
                    .toList();
            for (Evaluated layer : trained) {
                highest = Math.max(highest, layer.fitness().mean());
            }
            if (!trained.isEmpty()) {
                mean.add(
                        at.applyAsDouble(generation),
                        trained.stream()
                                .mapToDouble(layer -> layer.fitness().mean())
                                .average()
                                .orElseThrow());
            }
            if (Double.isFinite(highest)) {
                best.add(at.applyAsDouble(generation), highest);
            }
        }
        addSeries(data, renderer, best, 0);
        addSeries(data, renderer, mean, 5);
        addBaselines(data, renderer, at);
        domain.setAutoRangeIncludesZero(true);
        JFreeChart chart =
                PlotStyle.chart(data, domain, PlotStyle.accuracyAxis("mean accuracy over the networks"), renderer);
        return new Plot(
                name,
                title,
                "Best and mean accuracy beside the baselines, " + domain.getLabel() + " from left to right",
                chart,
                WIDTH,
                HEIGHT);
    }

    private static void addSeries(
            XYSeriesCollection data, XYLineAndShapeRenderer renderer, XYSeries series, int color) {
        int number = data.getSeriesCount();
        renderer.setSeriesPaint(number, PlotStyle.series(color));
        renderer.setSeriesStroke(number, PlotStyle.LINE);
        renderer.setSeriesShape(number, PlotStyle.DOT);
        data.addSeries(series);
    }

    /** Adds a level line per baseline, from the first to the last generation. */
    private void addBaselines(XYSeriesCollection data, XYLineAndShapeRenderer renderer, IntToDoubleFunction at) {
        for (int i = 0; i < history.baselines().size(); i++) {
            Evaluated baseline = history.baselines().get(i);
            XYSeries level = new XYSeries(new SeriesName(data.getSeriesCount(), LayerLabel.brief(baseline)));
            double accuracy = baseline.fitness().mean();
            level.add(0, accuracy);
            level.add(Math.max(at.applyAsDouble(history.generation()), Math.ulp(1.0)), accuracy);
            int number = data.getSeriesCount();
            renderer.setSeriesPaint(number, PlotStyle.baseline(i));
            renderer.setSeriesStroke(number, PlotStyle.dashed(i));
            renderer.setSeriesShapesVisible(number, false);
            data.addSeries(level);
        }
    }
}
