package org.evonorm.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.evonorm.calibration.CalibrationObserver;
import org.evonorm.calibration.CalibrationSummary;
import org.evonorm.calibration.Estimate;
import org.evonorm.calibration.RungResult;
import org.evonorm.cli.log.RunLog;
import org.evonorm.text.Quantity;

/** The output of a calibration for the user: progress, and the ladder after every round. */
final class CalibrationReport extends RunReport implements CalibrationObserver {

    /** The form of the ladder. */
    enum Format {
        TABLE,
        MARKDOWN,
        CSV
    }

    CalibrationReport(PrintWriter out, RunLog log) {
        super(out, log);
    }

    @Override
    public void calibrationStarted(String folder, int layers, int missing, int known) {
        begin("Calibration of " + Quantity.of(layers, "layer") + " in " + folder + ": "
                + Quantity.of(missing, "training") + " to do"
                + (known == 0 ? "" : ", " + known + " done before"));
    }

    @Override
    public void roundStarted(String name, int trainings) {
        count("calibration, " + name, "trainings", trainings);
    }

    @Override
    public void roundAdvanced(int done, int trainings) {
        advance(done, trainings, "");
    }

    @Override
    public void trainingsRunning(double trainings) {
        running(trainings, "");
    }

    @Override
    public void roundCommitted(CalibrationSummary soFar) {
        close();
        tell("");
        tell(table(soFar));
    }

    /** Prints the ladder and where the trainings are. */
    void print(CalibrationSummary summary, Format format, PrintWriter out) {
        close();
        say("");
        switch (format) {
            case TABLE -> say(table(summary));
            case MARKDOWN -> markdown(summary).forEach(out::println);
            case CSV -> csv(summary).forEach(out::println);
        }
        out.flush();
        say("");
        summary.failures().forEach(this::say);
        say(
                "s: processor time per layer. Gmac: multiply-adds of networks, times images and steps, in 10^9 per layer. tau:"
                        + " Kendall's tau-b with the");
        say(
                "reference. top quarter: share of the reference's that the rung keeps; a quarter by chance. In parentheses: 95%"
                        + " of the bootstrap.");
        if (summary.deadline()) {
            say("The calibration stopped at its deadline; the same command goes on after the trainings that are done.");
        }
        say("All trainings are in " + summary.folder() + "/calibration.");
    }

    private static List<String> headings(CalibrationSummary summary) {
        List<String> headings = new ArrayList<>(List.of("rung", "layers", "s", "Gmac", "tau", "top quarter"));
        summary.networks().forEach(network -> headings.add("tau " + network));
        return headings;
    }

    private static List<String> cells(RungResult rung) {
        List<String> cells = new ArrayList<>(List.of(
                rung.name(),
                Integer.toString(rung.layers()),
                figure("%.1f", rung.processorSeconds()),
                figure("%.1f", rung.multiplyAdds() * 1e-9),
                estimate("%.2f", rung.tau(), 1),
                estimate("%.0f%%", rung.kept(), 100)));
        rung.tauByNetwork().forEach(tau -> cells.add(figure("%.2f", tau)));
        return cells;
    }

    private static TextTable table(CalibrationSummary summary) {
        TextTable table = new TextTable(headings(summary));
        summary.rungs().forEach(rung -> table.row(cells(rung)));
        return table;
    }

    private static List<String> markdown(CalibrationSummary summary) {
        List<String> headings = headings(summary);
        List<String> lines = new ArrayList<>();
        lines.add(line(headings));
        lines.add(line(headings.stream().map(heading -> "---").toList()));
        summary.rungs().forEach(rung -> lines.add(line(cells(rung))));
        return lines;
    }

    private static String line(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }

    /** The figures with all their digits, one row per rung. */
    private static List<String> csv(CalibrationSummary summary) {
        List<String> lines = new ArrayList<>();
        lines.add("rung,layers,processor_seconds,multiply_adds,tau,tau_low,tau_high,top_quarter,top_quarter_low,"
                + "top_quarter_high"
                + summary.networks().stream().map(network -> ",tau_" + network).collect(Collectors.joining()));
        for (RungResult rung : summary.rungs()) {
            List<Double> figures = new ArrayList<>(List.of(
                    rung.processorSeconds(),
                    rung.multiplyAdds(),
                    rung.tau().value(),
                    rung.tau().low(),
                    rung.tau().high(),
                    rung.kept().value(),
                    rung.kept().low(),
                    rung.kept().high()));
            figures.addAll(rung.tauByNetwork());
            lines.add(rung.name() + "," + rung.layers()
                    + figures.stream()
                            .map(figure -> "," + (Double.isNaN(figure) ? "" : figure))
                            .collect(Collectors.joining()));
        }
        return lines;
    }

    private static String estimate(String format, Estimate estimate, double factor) {
        return Double.isNaN(estimate.value())
                ? ""
                : figure(format, factor * estimate.value()) + " (" + figure(format, factor * estimate.low()) + " to "
                        + figure(format, factor * estimate.high()) + ")";
    }

    /** The figure; an empty text for a figure that does not exist yet. */
    private static String figure(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }
}
