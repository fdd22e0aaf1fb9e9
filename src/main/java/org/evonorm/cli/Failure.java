package org.evonorm.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.SparkException;
import org.evonorm.search.spark.SearchInterruptedException;

/** The explanation, for the user, of an exception that ended a command. */
final class Failure {

    private Failure() {}

    /** Whether the exception means that the user ended the command. */
    static boolean isInterruption(Throwable failure) {
        return failure instanceof InterruptedException
                || failure instanceof CancellationException
                || failure instanceof SearchInterruptedException;
    }

    /**
     * Whether the exception is a consequence of the end of this process, whatever its kind: also the static parts of
     * Hadoop's and Spark's classes fail then, whose failure looks like a library that is missing.
     */
    static boolean isConsequenceOfEnd(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isInterruption(cause)
                    || (cause instanceof IllegalStateException
                            && String.valueOf(cause.getMessage()).contains("Shutdown in progress"))) {
                return true;
            }
        }
        return Thread.currentThread().isInterrupted();
    }

    /** The explanation in one sentence; for an unexpected exception, it ends with the option that shows the trace. */
    static String sentence(Throwable failure) {
        Throwable cause = failure;
        // The message of Spark's exception holds the whole trace of the task; its cause is the task's own exception.
        while (cause instanceof SparkException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        if (isInterruption(cause)) {
            return message == null ? "interrupted" : message;
        }
        if (cause instanceof OutOfMemoryError) {
            return "the memory does not suffice (" + message
                    + "); take smaller batches, images or networks, or give Java"
                    + " more, as by EVONORM_JAVA_OPTS=-Xmx8g";
        }
        Optional<String> unknownHost = cause instanceof LinkageError || cause instanceof UnknownHostException
                ? Machine.unknownHost(cause)
                : Optional.empty();
        if (unknownHost.isPresent()) {
            return unknownHost.get();
        }
        if (cause instanceof StackOverflowError) {
            return "something is nested too deeply for Java's stack, as parentheses or brackets inside one another;"
                    + " divide it (--debug shows where)";
        }
        if (cause instanceof FSError && cause.getCause() != null) {
            return "a file cannot be written (" + cause.getCause().getMessage()
                    + "); free space, and the same command goes on";
        }
        if (cause instanceof LinkageError) {
            return "Java was started without a flag that this needs, or a library is missing ("
                    + cause.getClass().getSimpleName() + ": " + message + "); start evonorm with submit/evonorm or"
                    + " submit/cluster, or give java the flags in submit/jvm.flags";
        }
        if (cause instanceof IllegalStateException && message != null && message.contains("stopped SparkContext")) {
            return "Spark has stopped, because no master answers at the address of --master or the cluster ended the"
                    + " application; its log lines say why";
        }
        if (cause instanceof NoSuchFileException || cause instanceof FileNotFoundException) {
            return "there is no file " + message;
        }
        if (message != null
                && (cause instanceof IllegalArgumentException
                        || cause instanceof IOException
                        || cause instanceof UncheckedIOException)) {
            return message;
        }
        String line = message == null ? "" : message.lines().findFirst().orElse("");
        // A message of one word, such as a key missing from a map, means nothing without the class of the exception.
        String kind = line.contains(" ") ? "" : cause.getClass().getSimpleName() + (line.isEmpty() ? "" : ": ");
        return kind + line + " (--debug shows where)";
    }
}
