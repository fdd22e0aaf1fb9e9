package org.evonorm.search.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutorTimeTest {

    private static final int CORES = 2;
    private static final double SECONDS = 1.5;

    private final SparkContext spark = LocalSpark.session(CORES).sparkContext();

    /** The machine may be busy, so the expected share follows from the measured wall time. */
    @ParameterizedTest
    @ValueSource(ints = {1, CORES, 2 * CORES})
    void idleShareIsTheTimeThatTasksDoNotUse(int tasks) throws TimeoutException {
        List<Integer> indices = IntStream.range(0, tasks).boxed().toList();
        try (ExecutorTime time = ExecutorTime.register(spark)) {
            long start = System.nanoTime();
            ExecutorTime.Interval interval = time.begin();
            JavaSparkContext.fromSparkContext(spark)
                    .parallelize(indices, tasks)
                    .foreach(index -> Thread.sleep((long) (1000 * SECONDS)));
            spark.listenerBus().waitUntilEmpty();
            double idle = interval.idleShare();
            double wall = 1e-9 * (System.nanoTime() - start);
            assertEquals(1 - tasks * SECONDS / (CORES * wall), idle, 0.15);
        }
    }

    @Test
    void withoutTasksAllOfItIsIdle() throws InterruptedException {
        try (ExecutorTime time = ExecutorTime.register(spark)) {
            ExecutorTime.Interval interval = time.begin();
            Thread.sleep(50);
            assertEquals(1, interval.idleShare());
        }
    }
}
