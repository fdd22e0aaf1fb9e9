package org.evonorm.search.spark;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** Work on Spark that its thread's interrupt or the end of the session may stop. */
public final class InterruptibleJobs {

    private InterruptibleJobs() {}

    /**
     * Does the work while {@code progress} listens.
     *
     * @throws SearchInterruptedException with this message, once no job runs any more, if the work was stopped
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

    /** Spark wraps an interruption in exceptions of its own, and a stopped context fails its jobs with one more. */
    public static boolean isInterruption(SparkSession session, Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                return true;
            }
        }
        return Thread.currentThread().isInterrupted() || session.sparkContext().isStopped();
    }
}
