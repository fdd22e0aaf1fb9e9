package org.evonorm.cli.log;

import java.util.function.Consumer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.filter.ThresholdFilter;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** The warnings that Spark, Hadoop and other libraries log, with their exceptions, for a command's own log. */
final class LibraryWarnings extends AbstractAppender implements AutoCloseable {

    /** The thread that writes the log: a warning about its own work would bring the next one. */
    static final String WRITER = "run log";

    private static final PatternLayout LAYOUT =
            PatternLayout.newBuilder().withPattern("%p %c{1}: %m%n%ex").build();

    private final Consumer<String> lines;

    private LibraryWarnings(Consumer<String> lines, Level least) {
        super(
                "run log",
                ThresholdFilter.createFilter(least, Filter.Result.NEUTRAL, Filter.Result.DENY),
                LAYOUT,
                true,
                Property.EMPTY_ARRAY);
        this.lines = lines;
    }

    /**
     * Passes warnings on from now on, until {@link #close}.
     *
     * @param everything whether lines below warnings count too
     */
    static LibraryWarnings to(Consumer<String> lines, boolean everything) {
        LibraryWarnings warnings = new LibraryWarnings(lines, everything ? Level.ALL : Level.WARN);
        warnings.start();
        if (LogManager.getRootLogger() instanceof Logger root) {
            root.addAppender(warnings);
        }
        return warnings;
    }

    @Override
    public void append(LogEvent event) {
        if (!WRITER.equals(event.getThreadName())) {
            lines.accept(LAYOUT.toSerializable(event));
        }
    }

    @Override
    public void close() {
        if (LogManager.getRootLogger() instanceof Logger root) {
            root.removeAppender(this);
        }
        stop();
    }
}
