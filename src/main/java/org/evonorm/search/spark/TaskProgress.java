package org.evonorm.search.spark;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.storage.RDDInfo;
import scala.Tuple4;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * The progress of Spark jobs, counted in tasks and in the steps of running tasks. It names Spark's job groups by their
 * work, and follows the tasks that compute an RDD named by {@link #watch}.
 */
public class TaskProgress extends SparkListener {

    /** Receives the progress. */
    public interface Listener {
        /** {@code done} of {@code total} units of work are done. */
        void advanced(int done, int total);

        /** The units that are being worked on have together come as far as {@code units} whole ones. */
        default void running(double units) {}
    }

    /**
     * A piece of work on an RDD.
     *
     * @param label name of the job group and of the RDD
     * @param total units of work
     * @param tasks number of the first partitions of the RDD, which share the units evenly
     * @param steps optimizer steps of each of these tasks; 0 for tasks whose steps are not followed
     */
    public record Work(String label, int total, int tasks, int steps) {}

    /** A task that runs: its partition, and its steps so far. */
    private record Running(int partition, long steps) {}

    private static final Work NONE = new Work("", 0, 1, 0);

    private final JavaSparkContext spark;
    private final Set<Integer> sparkStages = new HashSet<>();
    private final BitSet done = new BitSet();
    private final Map<Long, Running> running = new HashMap<>();
    private Work work = NONE;
    private Listener listener = (done, total) -> {};
    private TaskSteps steps = new TaskSteps();

    public TaskProgress(JavaSparkContext spark) {
        this.spark = spark;
    }

    /**
     * Begins a piece of work on an RDD.
     *
     * @param receiver receives the progress until {@link #finish}
     * @return {@code rdd}, followed
     */
    public final synchronized <T> JavaRDD<T> watch(Work begun, JavaRDD<T> rdd, Listener receiver) {
        spark.setJobGroup(begun.label, begun.label + " (" + begun.total + ")", true);
        sparkStages.clear();
        done.clear();
        running.clear();
        work = begun;
        listener = receiver;
        listener.advanced(0, work.total);
        return (work.steps == 0 ? rdd : counted(rdd, work.label)).setName(work.label);
    }

    /** The same RDD, whose tasks count their steps. */
    private <T> JavaRDD<T> counted(JavaRDD<T> rdd, String label) {
        TaskSteps counter = new TaskSteps();
        spark.sc().register(counter, label + " (steps)");
        steps = counter;
        return rdd.mapPartitions(items -> {
            counter.countThisTask();
            return items;
        });
    }

    /** Ends the work that began last; later jobs belong to the group {@code label}. */
    public final synchronized void finish(String label) {
        int total = work.total;
        work = NONE;
        listener.advanced(total, total);
        label(label);
    }

    /** Names the group of later jobs, for Spark's UI and for their cancellation. */
    public final void label(String label) {
        spark.setJobGroup(label, label, true);
    }

    private boolean isWatched(int sparkStage) {
        return !work.label.isEmpty() && sparkStages.contains(sparkStage);
    }

    @Override
    public final synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
        for (RDDInfo rdd : JavaConverters.seqAsJavaList(event.stageInfo().rddInfos())) {
            if (!work.label.isEmpty() && rdd.name().equals(work.label)) {
                sparkStages.add(event.stageInfo().stageId());
            }
        }
    }

    @Override
    public final synchronized void onTaskStart(SparkListenerTaskStart event) {
        if (isWatched(event.stageId()) && event.taskInfo().index() < work.tasks) {
            running.put(event.taskInfo().taskId(), new Running(event.taskInfo().index(), 0));
        }
    }

    @Override
    public final synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
        if (work.steps == 0) {
            return;
        }
        for (Tuple4<Object, Object, Object, Seq<AccumulableInfo>> task :
                JavaConverters.seqAsJavaList(event.accumUpdates())) {
            for (AccumulableInfo value : JavaConverters.seqAsJavaList(task._4())) {
                if (value.id() == steps.id() && value.update().get() instanceof Long counted) {
                    running.computeIfPresent((Long) task._1(), (id, known) -> new Running(known.partition, counted));
                }
            }
        }
        tellRunning();
    }

    @Override
    public final synchronized void onTaskEnd(SparkListenerTaskEnd event) {
        running.remove(event.taskInfo().taskId());
        // A task may succeed twice when executors are lost, and several Spark stages may read the RDD.
        if (!isWatched(event.stageId())
                || !event.taskInfo().successful()
                || event.taskInfo().index() >= work.tasks
                || done.get(event.taskInfo().index())) {
            return;
        }
        done.set(event.taskInfo().index());
        listener.advanced((int) ((long) work.total * done.cardinality() / work.tasks), work.total);
        if (work.steps > 0) {
            tellRunning();
        }
    }

    /** Of two attempts at a task, the one that is further on counts. */
    private void tellRunning() {
        Map<Integer, Double> shares = new HashMap<>();
        for (Running task : running.values()) {
            if (!done.get(task.partition)) {
                shares.merge(task.partition, Math.min(1, task.steps / (double) work.steps), Math::max);
            }
        }
        double units = shares.values().stream().mapToDouble(Double::doubleValue).sum();
        listener.running(units * work.total / work.tasks);
    }
}
