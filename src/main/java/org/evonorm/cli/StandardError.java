package org.evonorm.cli;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Optional;

/**
 * The standard error that the user sees. The script {@code submit/quiet} gives the JVM a filtered one, which drops a
 * warning that the JVM prints before any code of this program runs, and the real one as descriptor 3.
 */
final class StandardError {

    /** Set by submit/quiet: the process that the real standard error is for, and whether it is a terminal. */
    private static final String VARIABLE = "EVONORM_STDERR";

    private static final int REAL = 3;

    private StandardError() {}

    /** Lets everything that Java prints on standard error go to the real one, where the script has moved it. */
    static void restore() {
        if (moved().isEmpty()) {
            return;
        }
        try {
            // Streams that were made of the descriptor before, as those of loggers, follow. submit/jvm.flags opens the
            // package; where it is closed, messages pass through the filter.
            Field number = FileDescriptor.class.getDeclaredField("fd");
            number.setAccessible(true);
            number.setInt(FileDescriptor.err, REAL);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return;
        }
    }

    /** Whether the real standard error is a terminal. */
    static boolean isTerminal() {
        return moved().map("yes"::equals).orElseGet(StandardError::isTerminalBySystem);
    }

    /** The script's word on the real standard error, if the script moved it for this process. */
    private static Optional<String> moved() {
        String own = ProcessHandle.current().pid() + " ";
        return Optional.ofNullable(System.getenv(VARIABLE))
                .filter(value -> value.startsWith(own))
                .map(value -> value.substring(own.length()));
    }

    /** Java can tell only whether all of input and output is a terminal, so the system is asked for standard error. */
    private static boolean isTerminalBySystem() {
        try {
            return new ProcessBuilder("test", "-t", "2")
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
