package org.evonorm.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLeaseTest {

    @TempDir
    private Path temporary;

    private RunFolder folder() {
        return RunFolder.at(temporary.resolve("run").toString(), new Configuration());
    }

    /** Writes the lease of another process, last touched some seconds ago. */
    private void holdOfAnother(String host, long pid, int secondsAgo) throws IOException {
        Path file = Files.createDirectories(temporary.resolve("run")).resolve(".lease");
        Files.writeString(
                file,
                String.format(
                        "{\"host\":\"%s\",\"pid\":%d,\"since\":\"2026-01-01T00:00:00Z\",\"token\":\"t\"}", host, pid));
        touch(file, secondsAgo);
    }

    private static void touch(Path file, int secondsAgo) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(secondsAgo)));
    }

    private String refusal() {
        return assertThrows(StoreException.class, () -> RunLease.acquire(folder()))
                .getMessage();
    }

    @Test
    void aHoldIsTakenAndGivenBackAndLeavesNothing() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (RunLease lease = RunLease.acquire(folder())) {
                lease.requireHeld();
                assertTrue(
                        refusal().contains("process " + ProcessHandle.current().pid()));
            }
        }
        try (Stream<Path> left = Files.list(temporary.resolve("run"))) {
            assertEquals(List.of(), left.toList());
        }
        assertFalse(folder().isStarted());
    }

    @Test
    void aProcessElsewhereThatWasHeardOfHasTheFolder() throws IOException {
        holdOfAnother("elsewhere", 17, 30);
        String message = refusal();
        assertTrue(
                message.contains("another search or rerank works in " + temporary.resolve("run")
                        + ": process 17 on elsewhere since 2026-01-01T00:00:00Z (heard of 3"),
                message);
    }

    @Test
    void aStaleHoldOfAProcessElsewhereIsTakenOver() throws IOException {
        holdOfAnother("elsewhere", 17, 90);
        try (RunLease lease = RunLease.acquire(folder())) {
            lease.requireHeld();
        }
    }

    @Test
    void theHoldOfAProcessThatEndedOnThisMachineIsTakenOverAtOnce() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        holdOfAnother(InetAddress.getLocalHost().getHostName(), ended.pid(), 0);
        RunLease.acquire(folder()).close();
        // The number of a process that began after the lease was taken belongs to another one.
        holdOfAnother(
                InetAddress.getLocalHost().getHostName(),
                ProcessHandle.current().pid(),
                0);
        RunLease.acquire(folder()).close();
    }

    @Test
    void aHoldThatIsNotReadableCountsUntilItIsStale() throws IOException {
        Path file = Files.createDirectories(temporary.resolve("run")).resolve(".lease");
        Files.writeString(file, "{\"host\"");
        assertTrue(
                refusal().contains(".lease, which names the search or rerank that works in the folder, is damaged"),
                refusal());
        touch(file, 90);
        RunLease.acquire(folder()).close();
    }

    @Test
    void whoseHoldWasTakenOverDoesNotGoOn() throws IOException {
        try (RunLease asleep = RunLease.acquire(folder())) {
            holdOfAnother("elsewhere", 17, 0);
            String message =
                    assertThrows(StoreException.class, asleep::requireHeld).getMessage();
            assertTrue(message.contains("process 17 on elsewhere"), message);
        }
        assertTrue(Files.exists(temporary.resolve("run/.lease")), "the lease of another was given back");
    }

    @Test
    void ofManyThatTakeAStaleHoldAtOnceOneHasIt() throws IOException {
        for (int round = 0; round < 5; round++) {
            holdOfAnother("elsewhere", 17, 90);
            AtomicInteger taken = new AtomicInteger();
            List<RunLease> holds = IntStream.range(0, 4)
                    .parallel()
                    .mapToObj(i -> {
                        try {
                            RunLease lease = RunLease.acquire(folder());
                            taken.incrementAndGet();
                            return lease;
                        } catch (StoreException e) {
                            return null;
                        }
                    })
                    .toList();
            holds.stream().filter(lease -> lease != null).forEach(RunLease::close);
            assertEquals(1, taken.get());
        }
    }

    @Test
    void aHeartbeatAtTheEndDoesNotBringTheHoldBack() throws InterruptedException {
        for (int round = 0; round < 10; round++) {
            RunLease lease = RunLease.acquire(folder());
            Thread heart = new Thread(() -> {
                for (int beat = 0; beat < 50; beat++) {
                    lease.beat();
                }
            });
            heart.start();
            Thread.sleep(round);
            lease.close();
            heart.join();
            assertFalse(Files.exists(temporary.resolve("run/.lease")), "round " + round);
        }
    }
}
