package org.evonorm.search.spark;

import org.apache.spark.TaskContext;
import org.apache.spark.util.AccumulatorV2;
import org.apache.spark.util.TaskCompletionListener;
import org.evonorm.training.StepCount;

/**
 * The optimizer steps of Spark tasks, as an accumulator: each task counts in a copy of its own, whose value reaches the
 * driver by the executor's heartbeats while the task runs.
 */
final class TaskSteps extends AccumulatorV2<Long, Long> {

    private final StepCount count = new StepCount();

    /** Counts the steps of the task that runs in this thread, until the task ends. */
    void countThisTask() {
        count.begin();
        TaskCompletionListener end = context -> StepCount.end();
        TaskContext.get().addTaskCompletionListener(end);
    }

    @Override
    public boolean isZero() {
        return count.steps() == 0;
    }

    @Override
    public TaskSteps copy() {
        TaskSteps copy = new TaskSteps();
        copy.count.set(count.steps());
        return copy;
    }

    @Override
    public void reset() {
        count.set(0);
    }

    @Override
    public void add(Long steps) {
        count.set(count.steps() + steps);
    }

    @Override
    public void merge(AccumulatorV2<Long, Long> other) {
        add(other.value());
    }

    @Override
    public Long value() {
        return count.steps();
    }
}
