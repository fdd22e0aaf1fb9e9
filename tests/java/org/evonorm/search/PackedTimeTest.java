package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PackedTimeTest {

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
            List<Long> tasks = random.longs(random.nextInt(1, 60), 1, 1000).boxed().toList();
            int cores = random.nextInt(1, 12);
            long longest = tasks.stream().mapToLong(task -> task).max().orElseThrow();
            double share = tasks.stream().mapToLong(task -> task).sum() / (double) cores;
            long makespan = PackedTime.makespan(tasks, cores);
            assertTrue(makespan >= Math.max(share, longest) && makespan <= share + longest,
                    () -> tasks + " on " + cores + " cores: " + makespan);
        }
    }
}
