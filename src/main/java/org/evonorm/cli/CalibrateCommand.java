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
import org.evonorm.calibration.Calibration;
import org.evonorm.calibration.CalibrationSummary;
import org.evonorm.cli.log.RunLog;
import org.evonorm.settings.CalibrationConf;
import org.evonorm.settings.MemoryCheck;
import org.evonorm.settings.Settings;
import org.evonorm.store.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code evonorm calibrate}: measures how well proxy settings rank layers. */
@Command(
        name = "calibrate",
        header = {"Tells how well cheap trainings rank layers as costly ones do.", ""},
        description = {
            "",
            "Layers are trained in a ladder of proxy settings and in reference settings. For every rung the table has its "
                    + "cost, Kendall's tau between its ranking and the reference's, and the share of the reference's top "
                    + "quarter that it keeps, with bootstrap intervals of 95%% over the layers. The cheapest rungs come "
                    + "first. A folder that holds a calibration is continued, and no training is done twice.",
            ""
        })
final class CalibrateCommand implements Callable<Integer> {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = {
                "Settings in HOCON, of which calibration, data, search.seed and engine count. conf/calibration.conf has a "
                        + "ladder."
            })
    private Optional<Path> config;

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            description = {
                "Folder of the calibration, on any file system that Hadoop knows. Short for --set "
                        + "calibration.folder=FOLDER."
            })
    private Optional<String> output;

    @Option(
            names = {"--layer", "--layers"},
            arity = "1..*",
            paramLabel = "LAYER",
            converter = NamedLayer.ListConverter.class,
            description = {
                "Layers in place of those of calibration.layers: names of baselines, formulas, JSON forms or FILE.json, "
                        + "between commas or blanks; blanks around operators belong to the formula."
            })
    private List<NamedLayer.Some> layers = List.of();

    @Option(
            names = "--run",
            paramLabel = "FOLDER",
            description = {
                "Folder of a search's run, whose layers are trained too. Short for --set calibration.sample.run=FOLDER."
            })
    private Optional<String> run;

    @Option(
            names = "--sample",
            paramLabel = "N",
            description = {
                "Number of trained layers to draw from the run, good and bad. Short for --set "
                        + "calibration.sample.layers=N."
            })
    private Optional<Integer> sample;

    @Option(
            names = "--candidate",
            paramLabel = "ID",
            description = {
                "Id of a further candidate of the run, or as many first digits as no other has. May be repeated."
            })
    private List<String> candidates = List.of();

    @Option(
            names = "--rungs",
            paramLabel = "NAME",
            split = ",",
            description = {
                "Train these rungs alone, between commas. Short for --set calibration.chosen-rungs=NAME,NAME."
            })
    private List<String> rungs = List.of();

    @Option(
            names = "--max-duration",
            paramLabel = "TIME",
            description = {
                "Stop after this time, as in 90m or 6h, with exit status 3; the next start goes on. Short for --set "
                        + "calibration.max-duration=TIME."
            })
    private Optional<String> maxDuration;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = {"Form of the last table: table, markdown or csv. Default: ${DEFAULT-VALUE}."})
    private CalibrationReport.Format format;

    @Option(
            names = "--other-version",
            description = {
                "Go on with a calibration of another version of evonorm, whose results may differ from this version's."
            })
    private boolean otherVersion;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = {"Overrides a setting, as in --set calibration.reference.seeds=2. May be repeated."})
    private List<String> overrides = List.of();

    @Option(
            names = "--master",
            paramLabel = "URL",
            description = {
                "Where Spark runs: local[N] for N cores of this machine. Default: spark-submit's, else local[*]."
            })
    private Optional<String> master;

    @Override
    public Integer call() throws Exception {
        Settings settings = Settings.load(config, overrides());
        Configuration hadoop = HadoopConfiguration.ofProperties();
        OutputFile.requireWritableFolder(
                "calibration.folder", settings.calibration().folder(), hadoop);
        RunFolder folder = settings.calibration().folder(hadoop);
        CalibrationConf.check(folder, settings, otherVersion);
        MemoryCheck.forCalibration(settings, Spark.trainingsAtOnce(master, settings.threads()));
        return CommandLog.keep(spec, folder, settings, log -> calibrate(settings, log));
    }

    private int calibrate(Settings settings, RunLog log) {
        PrintWriter out = spec.commandLine().getOut();
        // On standard output there is nothing but the table where a program may read it.
        PrintWriter told = format == CalibrationReport.Format.TABLE
                ? out
                : spec.commandLine().getErr();
        try (SparkSession session = Spark.session("evonorm calibrate", master, settings.threads());
                CalibrationReport report = new CalibrationReport(told, log)) {
            CalibrationSummary summary = Calibration.run(session, settings, otherVersion, report);
            report.print(summary, format, out);
            return summary.deadline() ? ExitStatus.DEADLINE : ExitStatus.SUCCESS;
        }
    }

    private List<String> overrides() throws Exception {
        List<String> all = new ArrayList<>(overrides);
        output.ifPresent(folder -> all.add("calibration.folder=" + folder));
        run.ifPresent(folder -> all.add("calibration.sample.run=" + folder));
        sample.ifPresent(count -> all.add("calibration.sample.layers=" + count));
        maxDuration.ifPresent(time -> all.add("calibration.max-duration=" + time));
        if (!rungs.isEmpty()) {
            all.add("calibration.chosen-rungs=" + JSON.writeValueAsString(rungs));
        }
        if (!candidates.isEmpty()) {
            all.add("calibration.sample.candidates=" + JSON.writeValueAsString(candidates));
        }
        List<String> names = layers.stream()
                .flatMap(some -> some.layers().stream())
                .map(NamedLayer::name)
                .toList();
        if (!layers.isEmpty()) {
            Limits.notEmpty("--layers", names);
            all.add("calibration.layers=" + JSON.writeValueAsString(names));
        }
        return all;
    }
}
