package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.KnownLayers;
import org.evonorm.rejection.StabilityTest;
import org.evonorm.rejection.StabilityVerdict;
import org.evonorm.rejection.Verdict;
import org.evonorm.store.Journal;
import org.evonorm.store.RunFolder;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingResult.CurvePoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptsTest {

    private static final Configuration HADOOP = new Configuration();
    private static final Candidate CANDIDATE =
            new Candidate("id", new Origin.Random(), 1, 7, KnownLayers.get("EvoNorm-B0"));

    @TempDir
    private Path temporary;

    private Attempts attempts() {
        RunFolder folder = RunFolder.at(temporary.toString(), HADOOP);
        if (!folder.isStarted()) {
            folder.start("");
        }
        return new Attempts(new KnownAccuracies(), Journal.of(folder, 1, HADOOP), Duration.ofSeconds(2));
    }

    private <T> void assertReadBackAsItWas(Class<T> type, T value) {
        Attempt<T> first = attempts().at(new Trial<>(Trial.Kind.TRAIN, CANDIDATE, "net", 5, type, evaluator -> value));
        assertEquals(value, ((Attempt.Done<T>) first).value());
        assertEquals(first, attempts().at(new Trial<>(Trial.Kind.TRAIN, CANDIDATE, "net", 5, type, evaluator -> {
            throw new AssertionError("done again");
        })));
    }

    @Test
    void resultsOfTrainingsComeBackToTheLastDigit() {
        assertReadBackAsItWas(TrainingResult.class, new TrainingResult(1.0 / 3, Math.PI * 1e-300, 7, false,
                List.of(new CurvePoint(1, 0.1 + 0.2, 1e-17), new CurvePoint(2, Double.POSITIVE_INFINITY, 1)), 0.3, 5e9));
    }

    @Test
    void divergedTrainingsComeBack() {
        assertReadBackAsItWas(TrainingResult.class,
                new TrainingResult(0, Double.NaN, 3, true, List.of(), 1, Double.NaN));
    }

    @Test
    void verdictsComeBack() {
        assertReadBackAsItWas(Verdict.class, new Verdict.Rejected(Verdict.Filter.QUALITY, "\"bad\"\n\u0000 µ"));
    }

    @Test
    void thatNoFilterMindedComesBack() {
        assertReadBackAsItWas(Verdict.class, new Verdict.Passed());
    }

    @Test
    void stabilityVerdictsComeBack() {
        assertReadBackAsItWas(StabilityVerdict.class, new StabilityVerdict(
                new Verdict.Rejected(Verdict.Filter.STABILITY, "steep"), new StabilityTest.Taken(3, Double.NaN)));
    }

    /** What a candidate may do to the process that tries it. */
    private enum Harm {
        CRASH, HANG, MEMORY;

        Verdict done(boolean inThisProcess) {
            switch (this) {
                case CRASH -> Runtime.getRuntime().halt(134);
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
            return new Verdict.Passed();
        }

        /** As native code that takes no interrupts. */
        private static void hang() {
            long end = System.nanoTime() + Duration.ofSeconds(100).toNanos();
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
    }

    private static Trial<Verdict> harmful(Harm harm) {
        long here = ProcessHandle.current().pid();
        return new Trial<>(Trial.Kind.QUALITY, CANDIDATE, harm.name(), 5, Verdict.class,
                evaluator -> harm.done(ProcessHandle.current().pid() == here));
    }

    private static String reason(Attempt<Verdict> attempt) {
        return ((Attempt.Broken<Verdict>) attempt).reason();
    }

    @Test
    void aCandidateThatEndsTheProcessTwiceIsFailed() {
        Trial<Verdict> trial = harmful(Harm.CRASH);
        // What the first attempt left behind when it took its process with it.
        attempts().journal().begin(trial.key());
        Attempt<Verdict> attempt = attempts().at(trial);
        assertEquals("ended its JVM with status 134, after a first attempt that failed too", reason(attempt));
        assertEquals(attempt, attempts().at(trial));
    }

    @Test
    void aCandidateThatRunsOutOfMemoryTwiceIsFailed() {
        assertEquals("needs more memory than there is (Java heap space)", reason(attempts().at(harmful(Harm.MEMORY))));
    }

    @Test
    void whoDidNothingWrongPassesItsSecondAttempt() {
        Trial<Verdict> trial = Trial.ofQuality(CANDIDATE, 3);
        attempts().journal().begin(trial.key());
        assertEquals(new Verdict.Passed(), ((Attempt.Done<Verdict>) attempts().at(trial)).value());
    }

    @Test
    void aTrialThatIsInterruptedLeavesNoTrace() {
        Trial<Verdict> trial = new Trial<>(Trial.Kind.QUALITY, CANDIDATE, "", 5, Verdict.class, evaluator -> {
            throw new CancellationException();
        });
        assertThrows(CancellationException.class, () -> attempts().at(trial));
        assertFalse(attempts().journal().isBegun(trial.key()));
        assertEquals(Set.of(), attempts().journal().keys());
    }

    @Test
    @Tag("long")
    void aCandidateThatHangsTwiceIsFailed() {
        assertEquals("took longer than 2 s, twice", reason(attempts().at(harmful(Harm.HANG))));
    }

    @Test
    void exceptionsComeBackAsReasons() {
        Trial<Verdict> trial = new Trial<>(Trial.Kind.QUALITY, CANDIDATE, "", 5, Verdict.class, evaluator -> {
            throw new IllegalStateException("no\ngood");
        });
        Attempt<Verdict> first = attempts().at(trial);
        assertEquals("IllegalStateException: no", ((Attempt.Broken<Verdict>) first).reason());
        assertEquals(first, attempts().at(new Trial<>(Trial.Kind.QUALITY, CANDIDATE, "", 5, Verdict.class,
                evaluator -> new Verdict.Passed())));
    }
}
