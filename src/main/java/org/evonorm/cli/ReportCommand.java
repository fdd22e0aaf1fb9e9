package org.evonorm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.evonorm.report.Report;
import org.evonorm.store.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code evonorm report}: draws a run as an HTML page. */
@Command(
        name = "report",
        header = {"Draws a run as one HTML page and a folder of plots.", ""},
        description = {
            "",
            "The page needs no network and no other file. It shows the committed generations of a run, "
                    + "which may be still going on: the rerank with intervals, funnels, accuracies beside the "
                    + "baselines, the Pareto front, learning curves, and formula, graph, PyTorch module and lineage of "
                    + "the best layers. The plots lie beside it in a folder named after it, as SVG and PNG.",
            ""
        })
final class ReportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "RUN",
            description = "The run's folder, on any file system that Hadoop knows.")
    private String run;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The page. Default: the run's name and -report.html, in the current folder.")
    private Optional<Path> output;

    @Override
    public Integer call() throws Exception {
        // Nothing is shown on a screen; without this, Java starts a window application for drawing on some systems.
        System.setProperty("java.awt.headless", "true");
        RunFolder folder = RunFolder.at(run, HadoopConfiguration.ofProperties());
        Path file = output.orElseGet(() -> Path.of(folder.name() + "-report.html"));
        OutputFile.require(file);
        Report report = Progress.during("reading " + run, () -> Report.of(folder));
        Path plots = Progress.during("drawing the report", () -> write(report, file));
        PrintWriter out = spec.commandLine().getOut();
        out.println("The report is in " + file + ", its plots in " + plots + ".");
        out.flush();
        return 0;
    }

    private static Path write(Report report, Path file) throws IOException {
        try {
            return report.write(file);
        } catch (IOException e) {
            throw OutputFile.failure(file, e);
        }
    }
}
