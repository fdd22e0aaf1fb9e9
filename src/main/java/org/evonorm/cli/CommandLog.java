package org.evonorm.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.stream.Collectors;
import org.evonorm.cli.log.RunLog;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.settings.Settings;
import org.evonorm.settings.Versions;
import org.evonorm.store.RunFolder;
import org.evonorm.text.ShellText;
import picocli.CommandLine.Model.CommandSpec;

/** The log of a command from its first to its last line: with which program it ran, and which failure ended it. */
final class CommandLog {

    private CommandLog() {}

    /** The work of a command, which ends with an exit status. */
    interface Work {
        int run(RunLog log) throws Exception;
    }

    /** Does the work of a command, with a log in the folder that the command works in. */
    static int keep(CommandSpec spec, RunFolder folder, Settings settings, Work work) throws Exception {
        boolean everything = Verbosity.chosen() == Verbosity.VERBOSE;
        try (RunLog log = RunLog.of(spec.name(), folder, line -> warn(spec, line), everything)) {
            writeHead(log, spec, settings);
            try {
                int status = work.run(log);
                log.line("Ended with status " + status);
                return status;
            } catch (Exception | Error e) {
                if (Failure.isConsequenceOfEnd(e)) {
                    log.line("Ended from outside: " + Failure.sentence(e));
                } else {
                    log.failure("Failed: " + Failure.sentence(e), e);
                }
                throw e;
            }
        }
    }

    /** Tells of a failure that the command bears, on standard error and in the log. */
    static void warn(CommandSpec spec, RunLog log, String line) {
        log.line(line);
        warn(spec, line);
    }

    private static void warn(CommandSpec spec, String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    private static void writeHead(RunLog log, CommandSpec spec, Settings settings) {
        log.line(spec.root().commandLine().getParseResult().originalArgs().stream()
                .map(ShellText::quoted)
                .collect(Collectors.joining(" ", "evonorm ", "")));
        log.line(Versions.all().entrySet().stream()
                .map((Map.Entry<String, String> version) -> version.getKey() + " " + version.getValue())
                .collect(Collectors.joining(", ")));
        log.line("engine " + Versions.of(settings.engine()) + ", on " + CpuEngine.processor() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, process "
                + ProcessHandle.current().pid());
        log.line("seed " + settings.search().seed());
    }
}
