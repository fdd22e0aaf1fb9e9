package org.evonorm.search.spark;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.collection.JavaConverters;

/**
 * The utilization of the executors: the share of their task slots' time that tasks used. A generation reports the
 * rest as idle time. Only tasks that ended count, so time that was lost with an executor is idle.
 */
public final class ExecutorTime extends SparkListener implements AutoCloseable {

    private final SparkContext spark;
    private final AtomicLong busyMillis = new AtomicLong();

    /** A measurement that began when it was made. */
    public final class Interval {
        private final long begin = System.currentTimeMillis();
        private final long busyBefore = busyMillis.get();

        private Interval() {}

        /** The share of the slots' time since the beginning that no task used, from 0 to 1; NaN without executors. */
        public double idleShare() {
            double offered = offeredMillis(begin, System.currentTimeMillis());
            return offered > 0 ? Math.max(0, 1 - (busyMillis.get() - busyBefore) / offered) : Double.NaN;
        }
    }

    private ExecutorTime(SparkContext spark) {
        this.spark = spark;
    }

    /** Registers a listener to the tasks that end in a session; {@link #close} removes it. */
    public static ExecutorTime register(SparkContext spark) {
        ExecutorTime time = new ExecutorTime(spark);
        spark.addSparkListener(time);
        return time;
    }

    /** Begins a measurement. */
    public Interval begin() {
        return new Interval();
    }

    /** Milliseconds between two points in epoch milliseconds, summed over the task slots of all executors. */
    // Spark has dates of the old kind.
    @SuppressWarnings("JavaUtilDate")
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
