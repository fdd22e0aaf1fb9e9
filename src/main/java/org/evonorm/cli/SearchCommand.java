package org.evonorm.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.evonorm.cli.log.RunLog;
import org.evonorm.search.Search;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.MemoryCheck;
import org.evonorm.settings.RunConf;
import org.evonorm.settings.Settings;
import org.evonorm.store.RunFolder;
import org.evonorm.tracking.SearchTracker;
import org.evonorm.tracking.TrackTarget;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code evonorm search}: starts a search or goes on with one. */
@Command(
        name = "search",
        header = {"Evolves layers, generation after generation.", ""},
        description = {
            "",
            "Each generation proposes layers, throws most of them out by cheap filters, trains the "
                    + "others in all anchor networks and commits tables to the run's folder. A folder that "
                    + "holds committed generations is continued. Spark runs inside the process, or where spark-submit says.",
            ""
        })
final class SearchCommand implements Callable<Integer> {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = {
                "Settings in HOCON; others have the defaults that reference.conf documents. conf/ holds presets."
            })
    private Optional<Path> config;

    @Option(
            names = "--run",
            paramLabel = "FOLDER",
            description = "Folder of the run, on any file system that Hadoop knows. Short for --set search.run=FOLDER.")
    private Optional<String> run;

    @Option(
            names = "--max-duration",
            paramLabel = "TIME",
            description = {
                "Stop after this time, as in 90m or 6h, with exit status 3; the next start goes on. Short for --set "
                        + "search.max-duration=TIME."
            })
    private Optional<String> maxDuration;

    @Option(
            names = "--accept-changed-settings",
            description = {
                "Go on with a run under other settings than it was started with. Its run.conf tells what changed when."
            })
    private boolean acceptChanges;

    @Option(
            names = "--other-version",
            description = {
                "Go on with a run of another version of evonorm, whose results may differ from this version's. Its run.conf "
                        + "tells which version made what."
            })
    private boolean otherVersion;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = {"Overrides a setting, as in --set search.generations=3. May be repeated."})
    private List<String> overrides = List.of();

    @Option(
            names = "--seed-layers",
            arity = "1..*",
            paramLabel = "LAYER",
            description = {
                "Layers that a new run's population starts from: names, formulas, or files with one of these per "
                        + "line, between commas or blanks; blanks around operators belong to the formula. "
                        + "Short for --set search.seed-layers=[…]; go on with the run under the same ones."
            })
    private List<String> seedLayers = List.of();

    @Option(
            names = "--master",
            paramLabel = "URL",
            description = {
                "Where Spark runs: local[N] for N cores of this machine. Default: spark-submit's, else local[*]."
            })
    private Optional<String> master;

    @Option(
            names = "--track",
            paramLabel = "tensorboard:FOLDER",
            description = {
                "Also keep the figures of every generation, the front's formulas and its learning curves in a folder that "
                        + "TensorBoard shows, on any file system that Hadoop knows. A run that goes on adds what is missing."
            })
    private Optional<String> track;

    @Override
    public Integer call() throws Exception {
        List<String> all = new ArrayList<>(overrides);
        run.ifPresent(folder -> all.add("search.run=" + folder));
        maxDuration.ifPresent(time -> all.add("search.max-duration=" + time));
        if (!seedLayers.isEmpty()) {
            all.add("search.seed-layers=" + JSON.writeValueAsString(SeedFile.read(seedLayers)));
        }
        Settings settings = Settings.load(config, all);
        Configuration hadoop = HadoopConfiguration.ofProperties();
        RunFolder folder = settings.search().folder(hadoop);
        OutputFile.requireWritableFolder("search.run", settings.search().run(), hadoop);
        Accepted accepted = new Accepted(acceptChanges, otherVersion);
        RunConf.check(folder, settings, accepted);
        MemoryCheck.forSearch(settings, Spark.trainingsAtOnce(master, settings.threads()));
        Optional<TrackTarget> target = track.map(TrackTarget::of);
        if (target.isPresent()) {
            OutputFile.requireWritableFolder("--track", target.get().folder(), hadoop);
        }
        return CommandLog.keep(spec, folder, settings, log -> {
            try (SearchTracker tracker = SearchTracker.open(
                    target, folder, settings.search().networks(), hadoop, line -> CommandLog.warn(spec, log, line))) {
                return search(settings, accepted, log, tracker);
            }
        });
    }

    private int search(Settings settings, Accepted accepted, RunLog log, SearchTracker tracker) {
        PrintWriter out = spec.commandLine().getOut();
        try (SparkSession session = Spark.session("evonorm search", master, settings.threads());
                SearchReport report = new SearchReport(out, log, settings.search())) {
            SearchSummary summary = Search.run(session, settings, accepted, report.and(tracker));
            report.print(summary);
            return summary.deadline() ? ExitStatus.DEADLINE : ExitStatus.SUCCESS;
        }
    }
}
