package org.evonorm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.evonorm.cli.log.RunLog;
import org.evonorm.rerank.Rerank;
import org.evonorm.rerank.RerankSummary;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.MemoryCheck;
import org.evonorm.settings.RunConf;
import org.evonorm.settings.Settings;
import org.evonorm.store.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code evonorm rerank}: trains a run's best layers, beside baselines, in larger networks. */
@Command(
        name = "rerank",
        header = {"Ranks a run's best layers anew, beside the baselines, in larger networks.", ""},
        description = {
            "",
            "The best layers of a search's run and the baselines are trained in larger networks, longer "
                    + "and from several seeds, and ranked by mean accuracy on images that the search never "
                    + "saw. The best "
                    + "few and the baselines are then trained from other seeds and scored on the test images. All "
                    + "trainings go to the table rerank in the run's folder; trainings that are there already are not "
                    + "repeated.",
            ""
        })
final class RerankCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--run",
            required = true,
            paramLabel = "FOLDER",
            description = "Folder of the run, on any file system that Hadoop knows.")
    private String run;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = {
                "Settings in HOCON, of which the section rerank counts; settings not there are as the run was "
                        + "started with."
            })
    private Optional<Path> config;

    @Option(
            names = "--other-version",
            description = {"Rerank a run of another version of evonorm, whose results may differ from this version's."})
    private boolean otherVersion;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = {"Overrides a setting, as in --set rerank.seeds=5. May be repeated."})
    private List<String> overrides = List.of();

    @Option(
            names = "--retry-failed",
            description = "Try trainings again that failed in an earlier rerank; otherwise they count as failed.")
    private boolean retryFailed;

    @Option(
            names = "--master",
            paramLabel = "URL",
            description = {
                "Where Spark runs: local[N] for N cores of this machine. Default: spark-submit's, else local[*]."
            })
    private Optional<String> master;

    @Override
    public Integer call() throws Exception {
        List<String> all = new ArrayList<>(overrides);
        all.add("search.run=" + run);
        // The session needs the settings, which are in the run's folder.
        RunFolder folder = RunFolder.at(run, HadoopConfiguration.ofProperties());
        Settings settings = RunConf.settings(folder, config, all);
        MemoryCheck.forRerank(settings, Spark.trainingsAtOnce(master, settings.threads()));
        return CommandLog.keep(spec, folder, settings, log -> rerank(settings, log));
    }

    private int rerank(Settings settings, RunLog log) {
        try (SparkSession session = Spark.session("evonorm rerank", master, settings.threads());
                RerankReport report = new RerankReport(spec.commandLine().getOut(), log)) {
            Accepted accepted = new Accepted(false, otherVersion);
            RerankSummary summary = Rerank.run(session, settings, accepted, retryFailed, report);
            report.print(summary);
        }
        return ExitStatus.SUCCESS;
    }
}
