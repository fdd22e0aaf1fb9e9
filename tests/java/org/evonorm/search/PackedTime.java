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
 * How long the executors' tasks take, stage by stage, if every core gets the next one the moment it is free. Stages that run
 * side by side count as one. What a generation takes beyond that is time in which executors wait for the driver; waiting
 * for a stage's last tasks is not.
 */
final class PackedTime extends SparkListener {

    /** A task as its executor saw it. */
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

    /** When the last of these tasks ends, each of which starts on the core that is free first. */
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

    /** What all tasks took, one after the other, since the last call. */
    synchronized double takeTaskSeconds() {
        double seconds = taskMillis / 1000;
        taskMillis = 0;
        return seconds;
    }
}
