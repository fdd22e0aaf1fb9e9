package org.evonorm.search.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BroadcastsTest {

    /** Work that goes on for ever, as a broadcast of Spark may. */
    private static String endless() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "interrupted";
    }

    @Test
    void aValueReachesTasks() {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(LocalSpark.session(2).sparkContext());
        var value = Broadcasts.of(spark, List.of(3, 4));
        assertEquals(
                List.of(7, 7),
                spark.parallelize(List.of(1, 2), 2)
                        .map(any -> value.value().get(0) + value.value().get(1))
                        .collect());
    }

    @Test
    void workThatNeverEndsIsLeftWhenTheSessionStops() {
        AtomicBoolean stopped = new AtomicBoolean();
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> Broadcasts.whileRunning(() -> stopped.getAndSet(true), BroadcastsTest::endless));
        assertTrue(e.getMessage().contains("stopped SparkContext"), e.getMessage());
    }

    @Test
    void aFailureOfAStoppedSessionIsToldAsItsEnd() {
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> Broadcasts.whileRunning(() -> true, () -> {
                    throw new NullPointerException("no block manager");
                }));
        assertTrue(e.getMessage().contains("stopped SparkContext"), e.getMessage());
    }

    @Test
    void anotherFailureKeepsItsCause() {
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> Broadcasts.whileRunning(() -> false, () -> {
                    throw new IllegalArgumentException("too large");
                }));
        assertInstanceOf(IllegalArgumentException.class, e.getCause());
    }

    @Test
    void anInterruptEndsTheWait() {
        Thread.currentThread().interrupt();
        IllegalStateException e = assertThrows(
                IllegalStateException.class, () -> Broadcasts.whileRunning(() -> false, BroadcastsTest::endless));
        assertInstanceOf(InterruptedException.class, e.getCause());
        assertTrue(Thread.interrupted());
        assertFalse(Thread.currentThread().isInterrupted());
    }
}
