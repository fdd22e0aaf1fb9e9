package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InterruptionTest {

    @Test
    void aCommandWhoseFirstInterruptIsLostIsInterruptedAgain() throws InterruptedException {
        CompletableFuture<Interruption> handled = new CompletableFuture<>();
        AtomicInteger interrupts = new AtomicInteger();
        CountDownLatch never = new CountDownLatch(1);
        Thread command = new Thread(() -> {
            try (Interruption interruption = Interruption.ofThisThread()) {
                handled.complete(interruption);
                while (interrupts.get() < 2) {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        interrupts.incrementAndGet();
                    }
                }
            }
        });
        command.start();
        handled.join().stop();
        command.join(60_000);
        assertFalse(command.isAlive());
        assertEquals(2, interrupts.get());
    }
}
