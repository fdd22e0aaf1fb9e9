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
 * Names Spark's job groups by what they do, and tells a listener how much of it is done. Tasks count that compute an
 * RDD which {@link #watch} named.
 */
public class TaskProgress extends SparkListener {

    /** Hears how much is done. */
    public interface Listener {
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

    /** Begins work on {@code ofTotal} things that the first {@code ofTasks} partitions of {@code rdd} share evenly. */
    public final synchronized <T> JavaRDD<T> watch(
            String label, int ofTotal, int ofTasks, JavaRDD<T> rdd, Listener hearing) {
        spark.setJobGroup(label, label + " (" + ofTotal + ")", true);
        sparkStages.clear();
        done.clear();
        watched = label;
        listener = hearing;
        tasks = ofTasks;
        total = ofTotal;
        listener.advanced(0, total);
        return rdd.setName(label);
    }

    /** Ends the work begun last. Jobs that follow belong to what the label says. */
    public final synchronized void finish(String label) {
        watched = "";
        listener.advanced(total, total);
        label(label);
    }

    /** Names the jobs that follow, in Spark's UI and for their cancellation. */
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
        // A task may succeed twice, when executors are lost, and several Spark stages may read the RDD.
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
