package org.evonorm.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.evonorm.cli.CommandLineRun;

/** The commands that read a run, each with what counts as its result. */
enum RunCommand {
    REPORT {
        @Override
        CommandLineRun run(Path config, Path run) {
            return CommandLineRun.of(
                    "report", run.toString(), "--output", page(run).toString());
        }

        @Override
        Object result(CommandLineRun ended, Path run) throws IOException {
            return Files.readString(page(run));
        }

        private static Path page(Path run) {
            return run.resolveSibling("report.html");
        }
    },
    EXPORT {
        @Override
        CommandLineRun run(Path config, Path run) throws IOException {
            return CommandLineRun.of(
                    "export",
                    "--run",
                    run.toString(),
                    "--candidate",
                    Files.readString(run.resolveSibling("candidate")),
                    "--format",
                    "pytorch",
                    "--force",
                    "--output",
                    module(run).toString());
        }

        @Override
        Object result(CommandLineRun ended, Path run) throws IOException {
            return Files.readString(module(run));
        }

        private static Path module(Path run) {
            return run.resolveSibling("layer.py");
        }
    },
    RERANK {
        @Override
        CommandLineRun run(Path config, Path run) {
            return CommandLineRun.of(DisturbedCommand.RERANK.words(config, run).toArray(String[]::new));
        }

        @Override
        Object result(CommandLineRun ended, Path run) throws IOException {
            // A training that is done again after its file was lost has a second, equal row.
            return List.of(
                    DisturbedCommand.RERANK.result(ended.out(), run), new HashSet<>(DisturbedCommand.RERANK.rows(run)));
        }
    },
    SEARCH {
        @Override
        CommandLineRun run(Path config, Path run) {
            return CommandLineRun.of(DisturbedCommand.SEARCH.words(config, run).toArray(String[]::new));
        }

        @Override
        Object result(CommandLineRun ended, Path run) throws IOException {
            return List.of(DisturbedCommand.SEARCH.result(ended.out(), run), DisturbedCommand.SEARCH.rows(run));
        }
    };

    /** Runs the command in this process; the search goes on with the run. */
    abstract CommandLineRun run(Path config, Path run) throws IOException;

    /** The result of a command that ended well: equal for equal runs. */
    abstract Object result(CommandLineRun ended, Path run) throws IOException;

    /** Whether the command must leave the run's folder as it is. */
    boolean onlyReads() {
        return this == REPORT || this == EXPORT;
    }
}
