package org.evonorm.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.search.KnownAccuracies;
import org.evonorm.search.KnownSearch;
import org.evonorm.search.progress.GenerationSummary;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedReportTest {

    private static final Duration SOON = Duration.ofMillis(20);
    private static final String RELOADS = "location.reload()";

    @TempDir
    private Path folder;

    private final List<Integer> generations = Collections.synchronizedList(new ArrayList<>());
    private final List<Boolean> reloading = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch waits = new CountDownLatch(1);

    private RunFolder run() {
        return RunFolder.at(folder.resolve("run").toString(), new Configuration());
    }

    private Path page() {
        return folder.resolve("page.html");
    }

    private FollowedReport.Observer observer() {
        return new FollowedReport.Observer() {
            @Override
            public void waiting() {
                waits.countDown();
            }

            @Override
            public void written(Report report, Path plots, boolean follows) {
                generations.add(report.generation());
                try {
                    reloading.add(Files.readString(page()).contains(RELOADS));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private CompletableFuture<FollowedReport.End> follow() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return FollowedReport.follow(run(), page(), observer(), SOON);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void thePageIsWrittenAtEveryCommitAndReloadsItselfUntilTheEnd() throws Exception {
        List<CompletableFuture<FollowedReport.End>> follower = new ArrayList<>();
        SearchObserver steps = new SearchObserver() {
            @Override
            public void generationStarted(int generation) {
                if (generation == 0) {
                    follower.add(follow());
                    await(() -> waits.getCount() == 0);
                }
            }

            @Override
            public void generationCommitted(GenerationSummary summary) {
                await(() -> generations.contains(summary.generation()));
            }
        };
        KnownSearch.run(LocalSpark.session(2), folder.resolve("run").toString(), 2, new KnownAccuracies(), steps);
        FollowedReport.End end = follower.get(0).get(1, TimeUnit.MINUTES);
        assertEquals(new FollowedReport.End(2, 2, false), end);
        assertTrue(end.isComplete());
        assertEquals(List.of(0, 1, 2), generations);
        assertEquals(List.of(true, true, true), reloading);
        assertFalse(Files.readString(page()).contains(RELOADS));
        try (Stream<Path> files = Files.walk(folder.resolve("page-plots"))) {
            assertTrue(files.noneMatch(file -> file.toString().endsWith(".part")));
        }

        // Nothing works there any more: the report is written once.
        generations.clear();
        assertEquals(end, FollowedReport.follow(run(), page(), observer(), SOON));
        assertEquals(List.of(2), generations);

        anInterruptLeavesAPageThatStays();
    }

    private void anInterruptLeavesAPageThatStays() throws Exception {
        generations.clear();
        try (RunLease lease = RunLease.acquire(run())) {
            lease.requireValid();
            CompletableFuture<FollowedReport.End> end = new CompletableFuture<>();
            Thread follower = new Thread(() -> {
                try {
                    end.complete(FollowedReport.follow(run(), page(), observer(), SOON));
                } catch (IOException | RuntimeException e) {
                    end.completeExceptionally(e);
                }
            });
            follower.start();
            await(() -> !generations.isEmpty());
            assertTrue(Files.readString(page()).contains(RELOADS));
            follower.interrupt();
            assertEquals(new FollowedReport.End(2, 2, true), end.get(1, TimeUnit.MINUTES));
        }
        assertFalse(Files.readString(page()).contains(RELOADS));
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < end, "nothing came for a minute");
            try {
                Thread.sleep(SOON.toMillis());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void aRunWithoutGenerationsThatNobodyWorksOnIsToldSo() {
        String message = assertThrows(IllegalArgumentException.class, () -> {
                    Files.createDirectories(folder.resolve("run"));
                    Files.writeString(
                            folder.resolve("run/run.conf"),
                            "search { generations = 1, networks = [resnet50] }, networks {}, data {},"
                                    + " training {}, rejection {}");
                    FollowedReport.follow(run(), page(), observer(), SOON);
                })
                .getMessage();
        assertTrue(message.contains("no generation of the run in " + folder.resolve("run")), message);
    }
}
