package org.evonorm.engine.cpu.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkersTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void everyWorkerRunsAndMeetsTheOthers(int count) {
        try (Workers workers = new Workers(count)) {
            for (int run = 0; run < 20; run++) {
                AtomicInteger before = new AtomicInteger();
                AtomicInteger complete = new AtomicInteger();
                workers.run(worker -> {
                    before.incrementAndGet();
                    workers.meet();
                    complete.addAndGet(before.get() == count ? 1 : 0);
                });
                assertEquals(count, complete.get());
            }
        }
    }

    /** The failure of the task is told, whichever worker it struck and however many others wait at the barrier. */
    @ParameterizedTest
    @CsvSource({"2, 0, false", "2, 1, false", "4, 0, false", "4, 2, false", "4, 3, false", "4, 0, true", "4, 3, true"})
    void theFailureOfAWorkerIsTheCause(int count, int failing, boolean error) {
        try (Workers workers = new Workers(count)) {
            Throwable failure = error ? new StackOverflowError("too deep") : new ArithmeticException("by zero");
            AtomicInteger ended = new AtomicInteger();
            IllegalStateException told = assertThrows(
                    IllegalStateException.class,
                    () -> workers.run(worker -> fail(workers, worker, failing, failure, ended)));
            assertSame(failure, told.getCause());
            assertEquals(count, ended.get(), "nobody still works on the shared memory");
            workers.run(worker -> workers.meet());
        }
    }

    private static void fail(Workers workers, int worker, int failing, Throwable failure, AtomicInteger ended) {
        try {
            if (worker != failing) {
                workers.meet();
            } else if (failure instanceof Error error) {
                throw error;
            } else {
                throw (RuntimeException) failure;
            }
        } finally {
            ended.incrementAndGet();
        }
    }
}
