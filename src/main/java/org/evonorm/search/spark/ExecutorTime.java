package org.evonorm.search.spark;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.collection.JavaConverters;

/**
 * How much of the time that executors offered, each for as many tasks as it takes at once, was spent in tasks that
 * came to an end. Time that was lost with an executor counts as idle.
 */
public final class ExecutorTime extends SparkListener implements AutoCloseable {

    private final SparkContext spark;
    private final AtomicLong busyMillis = new AtomicLong();

    /** A stretch of time that has begun. */
    public final class Stretch {
        private final long begin = System.currentTimeMillis();
        private final long busyBefore = busyMillis.get();

        private Stretch() {}

        /** Share of the executors' time since the begin that no task took, from 0 to 1; NaN where there were none. */
        public double idle() {
            double offered = offeredMillis(begin, System.currentTimeMillis());
            return offered > 0 ? Math.max(0, 1 - (busyMillis.get() - busyBefore) / offered) : Double.NaN;
        }
    }

    private ExecutorTime(SparkContext spark) {
        this.spark = spark;
    }

    /** Hears of the tasks that end in a session, until it is closed. */
    public static ExecutorTime heard(SparkContext spark) {
        ExecutorTime time = new ExecutorTime(spark);
        spark.addSparkListener(time);
        return time;
    }

    public Stretch begin() {
        return new Stretch();
    }

    private double offeredMillis(long begin, long end) {
        double offered = 0;
        for (ExecutorSummary executor :
                JavaConverters.seqAsJavaList(spark.statusStore().executorList(false))) {
            long from = Math.max(begin, executor.addTime().getTime());
            long to = executor.removeTime().isDefined()
                    ? Math.min(end, executor.removeTime().get().getTime())
                    : end;
            offered += Math.max(0, to - from) * (double) executor.maxTasks();
        }
        return offered;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
        if (event.taskMetrics() != null) {
            busyMillis.addAndGet(event.taskMetrics().executorRunTime());
        }
    }

    @Override
    public void close() {
        spark.removeSparkListener(this);
    }
}
