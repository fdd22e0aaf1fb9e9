package org.evonorm.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * The handling of Ctrl-C and SIGTERM, which end the process. A shutdown hook interrupts the command's thread, and gives
 * the command ten seconds to stop its work and report its state. It is one of Hadoop's hooks, which run one after
 * another, because Spark's would otherwise delete its files at the same time under tasks that are still at work.
 */
final class Interruption implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;
    private static final long AGAIN_SECONDS = 2;
    /** A priority above those of Hadoop's and Spark's hooks, 10 and 40, so that it runs before them. */
    private static final int BEFORE_SPARK = 100;

    private static volatile boolean usualEnd;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread command;
    private final Runnable hook;

    private Interruption(Thread command) {
        this.command = command;
        this.hook = () -> {
            // Spark's warnings about the tasks that it kills have no use.
            Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
            stop();
            if (usualEnd && ended.getCount() == 0) {
                // A process that a signal ends has the signal's status otherwise, whatever its command returned.
                Runtime.getRuntime().halt(ExitStatus.SUCCESS);
            }
        };
    }

    /**
     * Interrupts the command, and again while it goes on: an interrupt is lost that comes while a library waits for
     * something that it cannot leave, as Hadoop for the small programs that it starts.
     */
    void stop() {
        try {
            for (long waited = 0; waited < PATIENCE_SECONDS; waited += AGAIN_SECONDS) {
                command.interrupt();
                if (ended.await(AGAIN_SECONDS, TimeUnit.SECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Handles interruptions of the calling thread's command, until {@link #close}. */
    static Interruption ofThisThread() {
        Interruption interruption = new Interruption(Thread.currentThread());
        ShutdownHookManager.get()
                .addShutdownHook(interruption.hook, BEFORE_SPARK, 2 * PATIENCE_SECONDS, TimeUnit.SECONDS);
        return interruption;
    }

    /** Takes a signal for the usual end of this process's command, which has no other: its status is then success. */
    static void isUsualEnd() {
        usualEnd = true;
    }

    /** Tells that the command has ended; a process that waits for this then ends. */
    @Override
    public void close() {
        ended.countDown();
        try {
            ShutdownHookManager.get().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already; the hook no longer waits.
            return;
        }
    }
}
