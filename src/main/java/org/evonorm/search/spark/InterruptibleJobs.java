package org.evonorm.search.spark;

import java.util.function.Supplier;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.sql.SparkSession;

/** Spark jobs that an interrupt of their thread or the end of the session stops. */
public final class InterruptibleJobs {

    private InterruptibleJobs() {}

    /**
     * Runs the work while {@code progress} listens to its tasks.
     *
     * @param interrupted message of the exception if the work is stopped
     * @throws SearchInterruptedException if the work was stopped, after all jobs were cancelled
     */
    public static <T> T run(SparkSession session, TaskProgress progress, String interrupted, Supplier<T> work) {
        session.sparkContext().addSparkListener(progress);
        try {
            return work.get();
        } catch (Exception e) {
            if (!isInterruption(session, e)) {
                throw e;
            }
            if (!session.sparkContext().isStopped()) {
                session.sparkContext().cancelAllJobs();
            }
            throw new SearchInterruptedException(interrupted, e);
        } finally {
            session.sparkContext().removeSparkListener(progress);
            session.sparkContext().clearJobGroup();
        }
    }

    /**
     * Ends all jobs of a command that has nothing more to do, as one that has lost its lease. Spark's warnings about
     * the tasks that it kills would hide the one sentence that matters.
     */
    public static void abandon(SparkSession session) {
        Configurator.setAllLevels("org.apache.spark", Level.OFF);
        session.sparkContext().cancelAllJobs();
    }

    /**
     * Whether an exception of Spark comes from an interrupt or from the end of the session. Spark wraps an interruption
     * in exceptions of its own, and a stopped context fails its jobs with one more.
     */
    public static boolean isInterruption(SparkSession session, Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                return true;
            }
        }
        return Thread.currentThread().isInterrupted() || session.sparkContext().isStopped();
    }
}
