package org.evonorm.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.evonorm.graph.NearestName;
import org.evonorm.text.Quotation;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point of the command line, {@code evonorm COMMAND …}. */
@Command(
        name = "evonorm",
        header = {"Evolves normalization-activation layers for neural networks on Apache Spark.", ""},
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SearchCommand.class,
            RerankCommand.class,
            CalibrateCommand.class,
            ReportCommand.class,
            TrainCommand.class,
            InspectCommand.class,
            NetworkCommand.class,
            CheckCommand.class,
            BenchCommand.class,
            ExportCommand.class,
            ImagesCommand.class,
            SettingsCommand.class
        })
public final class Main implements Runnable {

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = CommandLine.ScopeType.INHERIT, description = "Show where an error comes from.")
    private boolean debug;

    @Option(
            names = "--quiet",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Say nothing but results, warnings and errors: no progress.")
    private boolean quiet;

    @Option(
            names = "--verbose",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show the log of Spark and Hadoop as well.")
    private boolean verbose;

    /** Runs the command that the arguments name, and exits with its status. */
    // The terminal's own character set is meant; the resource is there for its end alone.
    @SuppressWarnings({"try", "DefaultCharset"})
    public static void main(String[] arguments) {
        StandardError.restore();
        // Libraries too, as the progress bar's, write the digits of the texts around them.
        Locale.setDefault(Locale.ROOT);
        int status;
        try (Interruption interruption = Interruption.ofThisThread()) {
            status = run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments);
        }
        // YARN takes a driver in the cluster that exits by itself for a failed one, whatever its status, and starts it
        // again, which is not wanted after a deadline either.
        boolean wentWell = status == ExitStatus.SUCCESS || status == ExitStatus.DEADLINE;
        if (!wentWell || !"cluster".equals(System.getProperty("spark.submit.deployMode"))) {
            System.exit(status);
        }
    }

    /**
     * Runs a command.
     *
     * @return the exit status: 0 for success, 1 for a failure, 2 for wrong arguments, 3 for a search or calibration
     *     that stopped at its deadline, 130 for a command that the user ended
     */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        Main main = new Main();
        try {
            return execute(main, out, err, arguments);
        } catch (Error e) {
            // Picocli handles exceptions, but no errors: no memory, no library, no space on the disk, no stack.
            return explainFailure(e, err, main.debug);
        }
    }

    private static int execute(Main main, PrintWriter out, PrintWriter err, String... arguments) {
        return Numbers.register(new CommandLine(main))
                .setOut(out)
                .setErr(err)
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::explainArguments)
                .setExecutionStrategy(parsed -> {
                    Verbosity.choose(main.verbosity(parsed.commandSpec().commandLine()));
                    return new CommandLine.RunLast().execute(parsed);
                })
                .setExecutionExceptionHandler((e, command, parsed) -> explainFailure(e, command.getErr(), main.debug))
                .execute(arguments);
    }

    private Verbosity verbosity(CommandLine command) {
        if (quiet && verbose) {
            throw new ParameterException(command, "--quiet and --verbose exclude each other; give one of them");
        }
        return quiet ? Verbosity.QUIET : verbose ? Verbosity.VERBOSE : Verbosity.USUAL;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "name a command: " + String.join(", ", spec.subcommands().keySet()));
    }

    private static int explainArguments(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        // A misspelt option is the cause of a missing one.
        List<String> unmatched = command.getUnmatchedArguments();
        ParameterException cause = e instanceof MissingParameterException && !unmatched.isEmpty()
                ? new UnmatchedArgumentException(command, unmatched)
                : e;
        err.println("evonorm: " + Quotation.message(asTyped(message(cause), cause.getArgSpec(), arguments)));
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitStatus.USAGE;
    }

    /** The message with the option's name as the user typed it; picocli takes the longest, and counts its values. */
    private static String asTyped(String message, ArgSpec argument, String... arguments) {
        if (!(argument instanceof OptionSpec option)) {
            return message;
        }
        String typed = Stream.of(arguments)
                .map(word -> word.replaceFirst("=.*", ""))
                .filter(List.of(option.names())::contains)
                .reduce(option.longestName(), (earlier, later) -> later);
        return message.replaceFirst(
                "'" + Pattern.quote(option.longestName()) + "'( at index [0-9]+)?( "
                        + Pattern.quote("(" + option.paramLabel() + ")") + ")?",
                Matcher.quoteReplacement("'" + typed + "'"));
    }

    /** The message, which of an unknown command or option names the nearest that exists. */
    private static String message(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return e.getMessage();
        }
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        String first = unmatched.getUnmatched().get(0);
        if (unmatched.isUnknownOption()) {
            return e.getMessage()
                    + NearestName.question(
                            first.replaceFirst("=.*", ""), spec.optionsMap().keySet());
        }
        if (spec.subcommands().isEmpty()) {
            return e.getMessage();
        }
        return "there is no command " + Quotation.of(first)
                + NearestName.question(first, spec.subcommands().keySet()) + "; commands are "
                + String.join(", ", spec.subcommands().keySet());
    }

    private static int explainFailure(Throwable e, PrintWriter err, boolean debug) {
        boolean interrupted = Failure.isConsequenceOfEnd(e);
        if (debug) {
            e.printStackTrace(err);
        } else if (interrupted && !Failure.isInterruption(e)) {
            err.println("evonorm: interrupted");
        } else {
            err.println("evonorm: " + Quotation.message(Failure.sentence(e)));
        }
        err.flush();
        return interrupted ? ExitStatus.INTERRUPTED : ExitStatus.FAILURE;
    }
}
