package org.evonorm.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * Turns Ctrl-C, which ends the process, into an interrupt of the command's thread first, and gives the command a moment
 * to stop its work and say where it stands.
 */
final class Interruption implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(Thread command) {
        hook = new Thread(
                () -> {
                    // Spark stops itself at the same time, and what it warns of then is of no use to anybody.
                    Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
                    command.interrupt();
                    try {
                        ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "interruption");
    }

    /** Watches over the thread that calls this, until it is closed. */
    static Interruption ofThisThread() {
        Interruption interruption = new Interruption(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** The command has ended; where the process waits for that, it ends too. */
    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already, and the hook that waited for this goes on.
            return;
        }
    }
}
