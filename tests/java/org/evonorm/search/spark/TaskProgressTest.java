package org.evonorm.search.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.evonorm.store.LocalSpark;
import org.evonorm.training.StepCount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The progress of tasks that take steps, on a session whose heartbeats are fast. */
class TaskProgressTest {

    private static final int STEPS = 10;

    private SparkSession session;
    private JavaSparkContext spark;
    private TaskProgress progress;

    /** Everything that a listener heard, in order. */
    private static final class Heard implements TaskProgress.Listener {
        private final List<Integer> done = Collections.synchronizedList(new ArrayList<>());
        private final List<Double> running = Collections.synchronizedList(new ArrayList<>());
        private int total;

        @Override
        public void advanced(int nowDone, int ofTotal) {
            done.add(nowDone);
            total = ofTotal;
        }

        @Override
        public void running(double units) {
            running.add(units);
        }
    }

    @BeforeEach
    void startSpark() {
        LocalSpark.session(2).stop();
        session = SparkSession.builder()
                .master("local[2,3]")
                .appName("progress")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.executor.heartbeatInterval", "50ms")
                .config("spark.log.level", "OFF")
                .getOrCreate();
        spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        progress = new TaskProgress(spark);
        session.sparkContext().addSparkListener(progress);
    }

    @AfterEach
    void stopSpark() {
        session.stop();
    }

    private Heard run(TaskProgress.Work work, int partitions, boolean failsFirst) throws TimeoutException {
        Heard heard = new Heard();
        JavaRDD<Integer> parts =
                spark.parallelize(IntStream.range(0, partitions).boxed().toList(), partitions);
        List<Integer> results = progress.watch(work, parts, heard)
                .map(part -> {
                    takeSteps(failsFirst && part == 0 && TaskContext.get().attemptNumber() == 0);
                    return part * part;
                })
                .collect();
        assertEquals(
                IntStream.range(0, partitions).map(part -> part * part).boxed().toList(), results);
        session.sparkContext().listenerBus().waitUntilEmpty();
        progress.finish("later");
        return heard;
    }

    /** Steps as a training takes them, in a thread of its own. */
    private static void takeSteps(boolean fails) throws InterruptedException {
        Thread training = new Thread(() -> {
            for (int step = 1; step <= STEPS; step++) {
                try {
                    Thread.sleep(80);
                } catch (InterruptedException e) {
                    return;
                }
                StepCount.ofThisThread().set(step);
            }
        });
        training.start();
        training.join();
        if (fails) {
            throw new IllegalStateException("lost");
        }
    }

    @Test
    void stepsOfRunningTasksCount() throws TimeoutException {
        Heard heard = run(new TaskProgress.Work("train", 4, 4, STEPS), 4, false);
        assertEquals(List.of(0, 1, 2, 3, 4, 4), heard.done);
        assertEquals(4, heard.total);
        // Two tasks run at once, and none as a whole before it has ended.
        assertTrue(heard.running.stream().allMatch(units -> units >= 0 && units <= 2), heard.running.toString());
        assertTrue(
                heard.running.stream()
                                .filter(units -> units > 0 && units < 2)
                                .distinct()
                                .count()
                        >= 5,
                heard.running.toString());
        assertEquals(0, heard.running.get(heard.running.size() - 1));
    }

    @Test
    void aTaskThatIsDoneAgainBeginsAnew() throws TimeoutException {
        Heard heard = run(new TaskProgress.Work("train", 1, 1, STEPS), 1, true);
        assertEquals(List.of(0, 1, 1), heard.done);
        boolean fell = IntStream.range(1, heard.running.size() - 1)
                .anyMatch(i -> heard.running.get(i) < heard.running.get(i - 1) && heard.running.get(i) < 1);
        assertTrue(fell, heard.running.toString());
    }

    @Test
    void partitionsBesideTheWorkCountAsNothing() throws TimeoutException {
        Heard heard = run(new TaskProgress.Work("train", 2, 2, STEPS), 4, false);
        assertEquals(List.of(0, 1, 2, 2), heard.done);
        assertTrue(heard.running.stream().allMatch(units -> units <= 2), heard.running.toString());
    }

    @Test
    void tasksWithoutStepsCountWhenTheyEnd() throws TimeoutException {
        Heard heard = run(new TaskProgress.Work("filter", 2, 2, 0), 2, false);
        assertEquals(List.of(0, 1, 2, 2), heard.done);
        assertEquals(List.of(), heard.running);
    }
}
