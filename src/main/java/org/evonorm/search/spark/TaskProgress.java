package org.evonorm.search.spark;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.RDDInfo;
import scala.collection.JavaConverters;

/**
 * The progress of Spark jobs, counted in tasks. It names Spark's job groups by their work, and counts the tasks that
 * compute an RDD named by {@link #watch}.
 */
public class TaskProgress extends SparkListener {

    /** Receives the progress. */
    public interface Listener {
        /** {@code done} of {@code total} units of work are done. */
        void advanced(int done, int total);
    }

    private final JavaSparkContext spark;
    private final Set<Integer> sparkStages = new HashSet<>();
    private final BitSet done = new BitSet();
    private String watched = "";
    private Listener listener = (done, total) -> {};
    private int tasks;
    private int total;

    public TaskProgress(JavaSparkContext spark) {
        this.spark = spark;
    }

    /**
     * Begins a piece of work on an RDD.
     *
     * @param label   name of the job group and of the RDD
     * @param ofTotal units of work, which the first {@code ofTasks} partitions of {@code rdd} share evenly
     * @param receiver receives the progress until {@link #finish}
     * @return {@code rdd}
     */
    public final synchronized <T> JavaRDD<T> watch(
            String label, int ofTotal, int ofTasks, JavaRDD<T> rdd, Listener receiver) {
        spark.setJobGroup(label, label + " (" + ofTotal + ")", true);
        sparkStages.clear();
        done.clear();
        watched = label;
        listener = receiver;
        tasks = ofTasks;
        total = ofTotal;
        listener.advanced(0, total);
        return rdd.setName(label);
    }

    /** Ends the work that began last; later jobs belong to the group {@code label}. */
    public final synchronized void finish(String label) {
        watched = "";
        listener.advanced(total, total);
        label(label);
    }

    /** Names the group of later jobs, for Spark's UI and for their cancellation. */
    public final void label(String label) {
        spark.setJobGroup(label, label, true);
    }

    @Override
    public final synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
        for (RDDInfo rdd : JavaConverters.seqAsJavaList(event.stageInfo().rddInfos())) {
            if (!watched.isEmpty() && rdd.name().equals(watched)) {
                sparkStages.add(event.stageInfo().stageId());
            }
        }
    }

    @Override
    public final synchronized void onTaskEnd(SparkListenerTaskEnd event) {
        // A task may succeed twice when executors are lost, and several Spark stages may read the RDD.
        if (watched.isEmpty()
                || !sparkStages.contains(event.stageId())
                || !event.taskInfo().successful()
                || event.taskInfo().index() >= tasks
                || done.get(event.taskInfo().index())) {
            return;
        }
        done.set(event.taskInfo().index());
        listener.advanced((int) ((long) total * done.cardinality() / tasks), total);
    }
}
