package org.evonorm.search.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.Baselines;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.rejection.StabilityTest;
import org.evonorm.search.KnownAccuracies;
import org.evonorm.store.Journal;
import org.evonorm.store.RunFolder;
import org.evonorm.store.StartedRun;
import org.evonorm.training.StepCount;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingResult.CurvePoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class TrialRunnerTest {

    private static final Configuration HADOOP = new Configuration();
    private static final Candidate CANDIDATE =
            new Candidate("id", new Origin.Random(), 1, 7, Baselines.get("EvoNorm-B0"));

    @TempDir
    private Path temporary;

    private TrialRunner runner() {
        RunFolder folder = RunFolder.at(temporary.toString(), HADOOP);
        if (!folder.isStarted()) {
            StartedRun.in(folder, "");
        }
        return new TrialRunner(new KnownAccuracies(), Journal.of(folder, 1, HADOOP), Duration.ofSeconds(2));
    }

    private <T> void assertReadBackAsItWas(Class<T> type, T value) {
        TrialResult<T> first =
                runner().run(new Trial<>(Trial.Kind.TRAIN, CANDIDATE, "net", 5, type, evaluator -> value));
        assertEquals(value, ((TrialResult.Completed<T>) first).value());
        assertEquals(first, runner().run(new Trial<>(Trial.Kind.TRAIN, CANDIDATE, "net", 5, type, evaluator -> {
            throw new AssertionError("done again");
        })));
    }

    @Test
    void resultsOfTrainingsComeBackToTheLastDigit() {
        assertReadBackAsItWas(
                TrainingResult.class,
                new TrainingResult(
                        1.0 / 3,
                        Math.PI * 1e-300,
                        7,
                        false,
                        List.of(new CurvePoint(1, 0.1 + 0.2, 1e-17), new CurvePoint(2, Double.POSITIVE_INFINITY, 1)),
                        0.3,
                        5e9));
    }

    @Test
    void divergedTrainingsComeBack() {
        assertReadBackAsItWas(
                TrainingResult.class, new TrainingResult(0, Double.NaN, 3, true, List.of(), 1, Double.NaN));
    }

    @Test
    void verdictsComeBack() {
        assertReadBackAsItWas(
                CandidateStatus.class,
                new CandidateStatus.Rejected(CandidateStatus.Filter.QUALITY, "\"bad\"\n\u0000 µ"));
    }

    @Test
    void passedVerdictsComeBack() {
        assertReadBackAsItWas(CandidateStatus.class, new CandidateStatus.Passed());
    }

    @Test
    void stabilityVerdictsComeBack() {
        assertReadBackAsItWas(
                StabilityResult.class,
                new StabilityResult(
                        new CandidateStatus.Rejected(CandidateStatus.Filter.STABILITY, "steep"),
                        new StabilityTest.Taken(3, Double.NaN)));
    }

    /** Ways in which a candidate may harm its process, or its process may be harmed. */
    private enum Harm {
        CRASH,
        SIGNALS,
        HANG,
        MEMORY;

        CandidateStatus done(boolean inThisProcess) {
            switch (this) {
                case CRASH -> Runtime.getRuntime().halt(134);
                case SIGNALS -> signalled();
                case HANG -> hang();
                default -> {
                    if (inThisProcess) {
                        throw new OutOfMemoryError("as if");
                    }
                    long[][] all = new long[1 << 12][];
                    for (int i = 0; i < all.length; i++) {
                        all[i] = new long[1 << 24];
                    }
                }
            }
            return new CandidateStatus.Passed();
        }

        /** Gets what a terminal's Ctrl-C, `timeout` and the end of a session send to the whole process group. */
        private static void signalled() {
            try {
                for (String signal : List.of("-INT", "-TERM", "-HUP")) {
                    String pid = Long.toString(ProcessHandle.current().pid());
                    assertEquals(
                            0, new ProcessBuilder("kill", signal, pid).start().waitFor());
                }
                Thread.sleep(500);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Hangs like native code, which ignores interrupts. */
        private static void hang() {
            long end = System.nanoTime() + Duration.ofSeconds(100).toNanos();
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
    }

    private static Trial<CandidateStatus> harmful(Harm harm) {
        long here = ProcessHandle.current().pid();
        return new Trial<>(
                Trial.Kind.QUALITY,
                CANDIDATE,
                harm.name(),
                5,
                CandidateStatus.class,
                evaluator -> harm.done(ProcessHandle.current().pid() == here));
    }

    private static String reason(TrialResult<CandidateStatus> attempt) {
        return ((TrialResult.Failed<CandidateStatus>) attempt).reason();
    }

    @Test
    void aCandidateThatEndsTheProcessTwiceIsFailed() {
        Trial<CandidateStatus> trial = harmful(Harm.CRASH);
        // The mark that a first attempt leaves when its process dies.
        runner().journal().begin(trial.key());
        TrialResult<CandidateStatus> attempt = runner().run(trial);
        assertEquals("ended its JVM with status 134, after a first attempt that failed too", reason(attempt));
        assertEquals(attempt, runner().run(trial));
    }

    /** A failure that Ctrl-C made would stay in the journal for good. */
    @Test
    void aSecondAttemptSurvivesTheSignalsOfATerminal() {
        Trial<CandidateStatus> trial = harmful(Harm.SIGNALS);
        runner().journal().begin(trial.key());
        assertEquals(
                new CandidateStatus.Passed(), ((TrialResult.Completed<CandidateStatus>) runner().run(trial)).value());
    }

    @Test
    @Tag("long")
    void aCandidateThatRunsOutOfMemoryTwiceIsFailed() {
        assertEquals("needs more memory than there is (Java heap space)", reason(runner().run(harmful(Harm.MEMORY))));
    }

    @Test
    void aSoundCandidatePassesItsSecondAttempt() {
        Trial<CandidateStatus> trial = Trial.ofQuality(CANDIDATE, 3);
        runner().journal().begin(trial.key());
        assertEquals(
                new CandidateStatus.Passed(), ((TrialResult.Completed<CandidateStatus>) runner().run(trial)).value());
    }

    @Test
    void stepsOfASecondAttemptAreSeenHere() throws InterruptedException {
        Trial<CandidateStatus> trial =
                new Trial<>(Trial.Kind.QUALITY, CANDIDATE, "", 5, CandidateStatus.class, evaluator -> {
                    StepCount steps = StepCount.ofThisThread();
                    if (steps.steps() >= 99) {
                        steps.set(150);
                        throw new OutOfMemoryError("of the first attempt");
                    }
                    steps.set(17);
                    try {
                        Thread.sleep(3000);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return new CandidateStatus.Passed();
                });
        StepCount count = new StepCount();
        Thread attempt = new Thread(() -> {
            count.begin();
            count.set(99);
            runner().run(trial);
        });
        attempt.start();
        Set<Long> seen = new LinkedHashSet<>();
        while (attempt.isAlive()) {
            seen.add(count.steps());
            attempt.join(20);
        }
        // The steps of the first attempt do not count any more, and those of the task's work before the trial do.
        seen.removeAll(Set.of(0L, 99L, 150L));
        assertEquals(Set.of(116L), seen);
    }

    @Test
    void aTrialThatIsInterruptedLeavesNoTrace() {
        Trial<CandidateStatus> trial =
                new Trial<>(Trial.Kind.QUALITY, CANDIDATE, "", 5, CandidateStatus.class, evaluator -> {
                    throw new CancellationException();
                });
        assertThrows(CancellationException.class, () -> runner().run(trial));
        assertFalse(runner().journal().isBegun(trial.key()));
        assertEquals(Set.of(), runner().journal().keys());
    }

    @Test
    @Tag("long")
    // Waits for a minute and a half, as long as a hanging step and a start that hangs are borne; a trial of a release.
    @EnabledIfSystemProperty(named = "evonorm.hanging", matches = "true")
    void aCandidateThatHangsTwiceIsFailed() {
        assertEquals("took longer than 2 s, twice", reason(runner().run(harmful(Harm.HANG))));
    }

    @Test
    void exceptionsComeBackAsReasons() {
        Trial<CandidateStatus> trial =
                new Trial<>(Trial.Kind.QUALITY, CANDIDATE, "", 5, CandidateStatus.class, evaluator -> {
                    throw new IllegalStateException("no\ngood");
                });
        TrialResult<CandidateStatus> first = runner().run(trial);
        assertEquals("IllegalStateException: no", ((TrialResult.Failed<CandidateStatus>) first).reason());
        assertEquals(
                first,
                runner().run(new Trial<>(
                        Trial.Kind.QUALITY,
                        CANDIDATE,
                        "",
                        5,
                        CandidateStatus.class,
                        evaluator -> new CandidateStatus.Passed())));
    }
}
