package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class PackedTimeTest {

    private static final int CORES = 2;
    private static final double SECONDS = 0.5;

    private final SparkContext spark = LocalSpark.session(CORES).sparkContext();

    @Test
    void stagesThatRunSideBySideArePackedTogether() throws TimeoutException {
        PackedTime packed = listening();
        // The two sides of a join are separate stages, which Spark begins at the same time.
        sleepers(1)
                .mapToPair(index -> new Tuple2<>(index, 1))
                .cogroup(sleepers(1).mapToPair(index -> new Tuple2<>(index, 2)))
                .count();
        spark.listenerBus().waitUntilEmpty();
        double tasks = packed.takeTaskSeconds();
        assertTrue(tasks >= 2 * SECONDS);
        assertTrue(packed.takeSeconds() <= tasks - SECONDS + 0.01);
        spark.removeSparkListener(packed);
    }

    @Test
    void stagesThatFollowOneAnotherAddUp() throws TimeoutException {
        PackedTime packed = listening();
        sleepers(3).count();
        sleepers(1).count();
        spark.listenerBus().waitUntilEmpty();
        assertTrue(packed.takeTaskSeconds() >= 4 * SECONDS);
        assertTrue(packed.takeSeconds() >= 3 * SECONDS);
        assertEquals(0, packed.takeSeconds());
        spark.removeSparkListener(packed);
    }

    private PackedTime listening() {
        PackedTime packed = new PackedTime(CORES);
        spark.addSparkListener(packed);
        return packed;
    }

    private JavaRDD<Integer> sleepers(int tasks) {
        return JavaSparkContext.fromSparkContext(spark)
                .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
                .map(index -> {
                    Thread.sleep((long) (1000 * SECONDS));
                    return index;
                });
    }

    @Test
    void tasksStartWhereACoreIsFreeFirst() {
        assertEquals(0, PackedTime.makespan(List.of(), 3));
        assertEquals(9, PackedTime.makespan(List.of(4L, 3L, 2L), 1));
        assertEquals(7, PackedTime.makespan(List.of(2L, 3L, 5L), 2));
        assertEquals(5, PackedTime.makespan(List.of(5L, 3L, 2L), 2));
    }

    @Test
    void anyTasksTakeBetweenAnEqualShareAndThatWithTheLongestBesideIt() {
        SplittableRandom random = new SplittableRandom(1);
        for (int trial = 0; trial < 200; trial++) {
            List<Long> tasks =
                    random.longs(random.nextInt(1, 60), 1, 1000).boxed().toList();
            int cores = random.nextInt(1, 12);
            double longest = tasks.stream().mapToLong(task -> task).max().orElseThrow();
            double share = tasks.stream().mapToLong(task -> task).sum() / (double) cores;
            long makespan = PackedTime.makespan(tasks, cores);
            assertTrue(
                    makespan >= Math.max(share, longest) && makespan <= share + longest,
                    () -> tasks + " on " + cores + " cores: " + makespan);
        }
    }
}
