package org.evonorm.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLeaseTest {

    @TempDir
    private Path temporary;

    private RunFolder folder() {
        return RunFolder.at(temporary.resolve("run").toString(), new Configuration());
    }

    /** Writes the lease file of another process, last touched {@code secondsAgo} seconds ago. */
    private void writeLease(String host, long pid, int secondsAgo) throws IOException {
        Path file = Files.createDirectories(temporary.resolve("run")).resolve(".lease");
        Files.writeString(
                file,
                String.format(
                        Locale.ROOT,
                        "{\"host\":\"%s\",\"pid\":%d,\"since\":\"2026-01-01T00:00:00Z\",\"token\":\"t\"}",
                        host,
                        pid));
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
    void aLeaseIsTakenAndGivenBackAndLeavesNothing() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (RunLease lease = RunLease.acquire(folder())) {
                lease.requireValid();
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
        writeLease("elsewhere", 17, 30);
        String message = refusal();
        assertTrue(
                message.contains("another search or rerank works in " + temporary.resolve("run")
                        + ": process 17 on elsewhere since 2026-01-01T00:00:00Z (heard of 3"),
                message);
    }

    @Test
    void aHostOfAnAlteredLeaseDoesNotBreakTheSentence() throws IOException {
        writeLease("else\\nwhere\\u001b[2J" + "x".repeat(5000), 17, 30);
        String message = refusal();
        assertTrue(message.contains(": process 17 on else where\\u{1b}[2Jxx"), message);
        assertTrue(message.length() < 500 && message.lines().count() == 1, message);
    }

    @Test
    void aStaleLeaseOfAProcessElsewhereIsTakenOver() throws IOException {
        writeLease("elsewhere", 17, 90);
        try (RunLease lease = RunLease.acquire(folder())) {
            lease.requireValid();
        }
    }

    @Test
    void theLeaseOfAProcessThatEndedOnThisMachineIsTakenOverAtOnce() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        writeLease(InetAddress.getLocalHost().getHostName(), ended.pid(), 0);
        RunLease.acquire(folder()).close();
        // A process with this id that started after the lease is not the lease's holder.
        writeLease(
                InetAddress.getLocalHost().getHostName(),
                ProcessHandle.current().pid(),
                0);
        RunLease.acquire(folder()).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"host\"", "null", "7", "[]", "{}", "{\"host\": null}", "\u0000"})
    void aLeaseThatIsNotReadableCountsUntilItIsStale(String text) throws IOException {
        Path file = Files.createDirectories(temporary.resolve("run")).resolve(".lease");
        Files.writeString(file, text);
        assertTrue(
                refusal().contains(".lease, which names the search or rerank that works in the folder, is damaged"),
                refusal());
        touch(file, 90);
        RunLease.acquire(folder()).close();
    }

    @Test
    void aProcessWhoseLeaseWasTakenOverDoesNotGoOn() throws IOException {
        try (RunLease asleep = RunLease.acquire(folder())) {
            writeLease("elsewhere", 17, 0);
            String message =
                    assertThrows(StoreException.class, asleep::requireValid).getMessage();
            assertTrue(message.contains("process 17 on elsewhere"), message);
        }
        assertTrue(Files.exists(temporary.resolve("run/.lease")), "the lease of another was given back");
    }

    /** A training of hours would else go on for nothing. */
    @Test
    void workEndsAtTheHeartbeatAfterTheLeaseWasLost() throws IOException {
        try (RunLease asleep = RunLease.acquire(folder())) {
            AtomicInteger stopped = new AtomicInteger();
            String message = assertThrows(
                            StoreException.class,
                            () -> asleep.guard(stopped::incrementAndGet, () -> {
                                asleep.beat();
                                assertEquals(0, stopped.get());
                                fellFence(temporary.resolve("run"));
                                asleep.beat();
                                throw new IllegalStateException("cancelled " + stopped.get());
                            }))
                    .getMessage();
            assertTrue(message.contains("has taken over the folder"), message);
            assertEquals(1, stopped.get());
        }
        try (RunLease held = RunLease.acquire(folder())) {
            String message = assertThrows(
                            IllegalStateException.class,
                            () -> held.guard(() -> {}, () -> {
                                throw new IllegalStateException("its own failure");
                            }))
                    .getMessage();
            assertEquals("its own failure", message);
        }
    }

    /** Work that slept, and found done on waking what the other command did. */
    @Test
    void workThatHasNothingLeftToDoIsRefusedAsWellAfterTheLeaseWasLost() throws IOException {
        try (RunLease asleep = RunLease.acquire(folder())) {
            String message = assertThrows(
                            StoreException.class,
                            () -> asleep.guard(() -> {}, () -> {
                                fellFence(temporary.resolve("run"));
                                return "done";
                            }))
                    .getMessage();
            assertTrue(message.contains("has taken over the folder"), message);
        }
        try (RunLease held = RunLease.acquire(folder())) {
            assertEquals("done", held.guard(() -> {}, () -> "done"));
        }
    }

    private void fellFence(Path run) {
        try {
            String token = Files.readString(run.resolve(".lease")).replaceAll(".*\"token\":\"([^\"]*)\".*", "$1");
            Fence.of(folder(), token).fell();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void ofManyThatTakeAStaleLeaseAtOnceOneHasIt() throws IOException {
        for (int round = 0; round < 5; round++) {
            writeLease("elsewhere", 17, 90);
            AtomicInteger taken = new AtomicInteger();
            List<RunLease> leases = IntStream.range(0, 4)
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
            leases.stream().filter(lease -> lease != null).forEach(RunLease::close);
            assertEquals(1, taken.get());
        }
    }

    @Test
    void aHeartbeatAtTheEndDoesNotBringTheLeaseBack() throws InterruptedException {
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

    /** A process that is killed just before it has the lease leaves a fence that no lease names. */
    @Test
    void whatKilledProcessesLeftGoesOnceItIsOld() throws IOException {
        Path run = temporary.resolve("run");
        Path old = Files.createDirectories(run.resolve(".fences/old"));
        Path young = Files.createDirectories(run.resolve(".fences/young"));
        Path fallen = Files.createDirectories(run.resolve(".fences/.fallen-x"));
        Files.createDirectories(run.resolve(".attempts/old/candidates"));
        Path claim = Files.createFile(run.resolve(".lease.old.claim"));
        Path youngClaim = Files.createFile(run.resolve(".lease.young.claim"));
        Files.createFile(old.resolve("heartbeat"));
        Files.createFile(young.resolve("heartbeat"));
        FileTime minutesAgo = FileTime.from(Instant.now().minusSeconds(90));
        for (Path file : List.of(old.resolve("heartbeat"), old, claim)) {
            Files.setLastModifiedTime(file, minutesAgo);
        }
        try (RunLease lease = RunLease.acquire(folder())) {
            lease.requireValid();
            assertFalse(Files.exists(old));
            assertFalse(Files.exists(run.resolve(".attempts/old")));
            assertFalse(Files.exists(fallen));
            assertFalse(Files.exists(claim));
            assertTrue(Files.exists(young), "a process that is just starting");
            assertTrue(Files.exists(youngClaim));
        }
        assertTrue(Files.exists(young));
    }

    /** A file system that is known to Hadoop's older interface alone. */
    public static final class OlderInterface extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("older:///");
        }
    }

    @Test
    void filesOfAFileSystemOfTheOlderInterfaceAreReplacedAndFencedToo() throws IOException {
        Configuration configuration = new Configuration();
        configuration.setClass("fs.older.impl", OlderInterface.class, FileSystem.class);
        RunFolder folder = RunFolder.at("older://" + temporary.resolve("run"), configuration);
        var file = folder.path("run.conf");
        try (RunLease lease = RunLease.acquire(folder)) {
            lease.replace("first", file);
            lease.replace("second", file);
            assertEquals("second", folder.read(file));
            fellFence(temporary.resolve("run"));
            assertThrows(StoreException.class, () -> lease.replace("third", file));
            assertEquals("second", folder.read(file));
            assertThrows(StoreException.class, () -> lease.publish("third", folder.path("commit.json")));
            assertThrows(StoreException.class, () -> lease.publish(file, folder.path("table.parquet")));
            assertEquals("second", folder.read(file));
        }
    }

    @Test
    void aLeaseThatLeadsNowhereIsNamed() throws IOException {
        Path lease = Files.createDirectories(temporary.resolve("run")).resolve(".lease");
        Files.createSymbolicLink(lease, Path.of("nowhere"));
        String message = assertThrows(StoreException.class, () -> RunLease.acquire(folder()))
                .getMessage();
        assertTrue(message.contains("delete " + lease), message);
        Files.delete(lease);
        RunLease.acquire(folder()).close();
    }
}
