package org.evonorm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.report.FollowedReport;
import org.evonorm.report.Report;
import org.evonorm.report.comparison.Comparison;
import org.evonorm.store.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code evonorm report}: draws a run, or several runs beside each other, as an HTML page. */
@Command(
        name = "report",
        header = {"Draws a run, or several beside each other, as one HTML page and a folder of plots.", ""},
        description = {
            "",
            "The page needs no network and no other file. It shows the committed generations of a run, "
                    + "which may be still going on: the rerank with intervals, funnels, accuracies beside the "
                    + "baselines, the Pareto front, learning curves, and formula, graph, PyTorch module and lineage of "
                    + "the best layers. The plots lie beside it in a folder named after it, as SVG and PNG. With --follow "
                    + "the report is written anew at every commit of the search or rerank that works in the folder, until "
                    + "its end or Ctrl-C, and the page reloads itself meanwhile.",
            "",
            "Several runs are compared: the settings that differ, the best accuracy and the hypervolume of the front over "
                    + "generations and computing time, fronts, and reranks. They must have the same networks and images.",
            ""
        })
final class ReportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "RUN",
            description = "The run's folder, on any file system that Hadoop knows; several are compared.")
    private List<String> runs;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = {
                "The page. Default: the run's name and -report.html, or comparison.html of several runs, in the current "
                        + "folder."
            })
    private Optional<Path> output;

    @Option(
            names = "--follow",
            description =
                    "Go on while a search or rerank works in the run's folder, and write the report at its commits.")
    private boolean follow;

    @Override
    public Integer call() throws Exception {
        // Nothing is shown on a screen; without this, Java starts a window application for drawing on some systems.
        System.setProperty("java.awt.headless", "true");
        if (runs.size() > 1) {
            return compare();
        }
        RunFolder folder = RunFolder.at(runs.get(0), HadoopConfiguration.ofProperties());
        Path file = OutputFile.require(output.orElseGet(() -> Path.of(folder.name() + "-report.html")));
        if (follow) {
            return follow(folder, file);
        }
        Report report = Progress.during("reading " + folder, () -> Report.of(folder));
        Path plots = Progress.during("drawing the report", () -> written(file, report::write));
        say("The report is in " + file + ", its plots in " + plots + ".");
        return ExitStatus.SUCCESS;
    }

    private int compare() throws IOException {
        if (follow) {
            throw new IllegalArgumentException(
                    "--follow follows one run, and " + runs.size() + " are named; name one, or leave --follow out");
        }
        Configuration hadoop = HadoopConfiguration.ofProperties();
        List<RunFolder> folders =
                runs.stream().map(run -> RunFolder.at(run, hadoop)).toList();
        Path file = OutputFile.require(output.orElse(Path.of("comparison.html")));
        Comparison comparison = Progress.during("reading the runs", () -> Comparison.of(folders));
        Path plots = Progress.during("drawing the comparison", () -> written(file, comparison::write));
        say("The comparison is in " + file + ", its plots in " + plots + ".");
        return ExitStatus.SUCCESS;
    }

    private int follow(RunFolder folder, Path file) throws IOException {
        if (!folder.isStarted()) {
            throw new IllegalArgumentException("there is no run in " + folder
                    + " to follow; start it by search --run, and follow it once it says that the search is new");
        }
        Interruption.isUsualEnd();
        FollowedReport.End end;
        try {
            end = FollowedReport.follow(folder, file, new Told(folder, file));
        } catch (IOException e) {
            throw OutputFile.failure(file, e);
        }
        String after = end.generation() < 0
                ? " before a generation was done"
                : " after generation " + end.generation() + " of " + end.planned();
        if (end.interrupted()) {
            say("The report follows " + folder + " no longer," + after + ".");
        } else if (end.isComplete()) {
            say("The run is complete" + after + ".");
        } else {
            say("No search works in " + folder + " now," + after + "; start it again to go on, and follow it then.");
        }
        return ExitStatus.SUCCESS;
    }

    /** Tells of a report that follows a run. */
    private final class Told implements FollowedReport.Observer {

        private final RunFolder folder;
        private final Path file;
        private int generation = -1;

        Told(RunFolder folder, Path file) {
            this.folder = folder;
            this.file = file;
        }

        @Override
        public void waiting() {
            tell("The run in " + folder + " has no generation yet; the report comes with generation 0.");
        }

        @Override
        public void written(Report report, Path plots, boolean follows) {
            if (generation < 0) {
                say("The report is in " + file + ", its plots in " + plots + "."
                        + (follows ? " It follows the run; Ctrl-C ends that." : ""));
            }
            // Batches of a rerank renew the report without a generation.
            if (follows && report.generation() > generation) {
                tell("After generation " + report.generation() + " of " + report.planned());
            }
            generation = report.generation();
        }

        private void tell(String line) {
            if (Verbosity.chosen() != Verbosity.QUIET) {
                say(line);
            }
        }
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    /** The writing of a page, which returns the folder of its plots. */
    private interface Writing {
        Path to(Path file) throws IOException;
    }

    private static Path written(Path file, Writing page) throws IOException {
        try {
            return page.to(file);
        } catch (IOException e) {
            throw OutputFile.failure(file, e);
        }
    }
}
