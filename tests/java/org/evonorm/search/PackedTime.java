package org.evonorm.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * The packed time of Spark's stages: the time that their tasks would take if every free core began the next task at
 * once (list scheduling). Stages that run side by side count as one. A generation's time beyond it is time in which
 * executors wait for the driver; time in which they wait for the last tasks of a stage is part of it.
 */
final class PackedTime extends SparkListener {

    /** A task with its times on the executor. */
    private record Ran(long launched, long millis) {}

    private final int cores;
    private final Set<Integer> stages = new HashSet<>();
    private final List<Ran> tasks = new ArrayList<>();
    private double packedMillis;
    private double taskMillis;

    PackedTime(int cores) {
        this.cores = cores;
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
        stages.add(event.stageInfo().stageId());
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
        TaskMetrics metrics = event.taskMetrics();
        if (metrics != null) {
            long millis =
                    metrics.executorDeserializeTime() + metrics.executorRunTime() + metrics.resultSerializationTime();
            tasks.add(new Ran(event.taskInfo().launchTime(), millis));
            taskMillis += millis;
        }
    }

    @Override
    public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
        stages.remove(event.stageInfo().stageId());
        if (stages.isEmpty()) {
            tasks.sort(Comparator.comparingLong(Ran::launched));
            packedMillis += makespan(tasks.stream().map(Ran::millis).toList(), cores);
            tasks.clear();
        }
    }

    /** The end of the last task, if each task starts on the first free core. */
    static long makespan(List<Long> tasks, int cores) {
        PriorityQueue<Long> free = new PriorityQueue<>(Collections.nCopies(cores, 0L));
        long last = 0;
        for (long task : tasks) {
            long end = free.remove() + task;
            free.add(end);
            last = Math.max(last, end);
        }
        return last;
    }

    /** Packed time since the last call. */
    synchronized double takeSeconds() {
        double seconds = packedMillis / 1000;
        packedMillis = 0;
        return seconds;
    }

    /** Sum of the times of all tasks since the last call. */
    synchronized double takeTaskSeconds() {
        double seconds = taskMillis / 1000;
        taskMillis = 0;
        return seconds;
    }
}
