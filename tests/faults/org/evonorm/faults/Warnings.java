package org.evonorm.faults;

import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** The warnings and errors that libraries log in this process, which a user would see beside a command's sentence. */
final class Warnings extends AbstractAppender implements AutoCloseable {

    private final List<String> lines = new ArrayList<>();

    private Warnings() {
        super("warnings of a command", null, null, true, Property.EMPTY_ARRAY);
    }

    /** Collects from now on, until {@link #close}. */
    static Warnings collected() {
        Warnings warnings = new Warnings();
        warnings.start();
        ((Logger) LogManager.getRootLogger()).addAppender(warnings);
        return warnings;
    }

    @Override
    public synchronized void append(LogEvent event) {
        if (event.getLevel().isMoreSpecificThan(Level.WARN)) {
            lines.add(event.getLoggerName() + ": " + event.getMessage().getFormattedMessage());
        }
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        ((Logger) LogManager.getRootLogger()).removeAppender(this);
        stop();
    }
}
