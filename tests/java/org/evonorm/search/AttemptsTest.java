package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
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
        return new Attempts(new KnownAccuracies(), Journal.of(folder, 1, HADOOP));
    }

    private <T> void assertReadBackAsItWas(Class<T> type, T value) {
        Attempt<T> first = attempts().at(new Trial<>(Stage.TRAIN, CANDIDATE, "net", 5, type, evaluator -> value));
        assertEquals(value, ((Attempt.Done<T>) first).value());
        assertEquals(first, attempts().at(new Trial<>(Stage.TRAIN, CANDIDATE, "net", 5, type, evaluator -> {
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

    @Test
    void exceptionsComeBackAsReasons() {
        Trial<Verdict> trial = new Trial<>(Stage.QUALITY, CANDIDATE, "", 5, Verdict.class, evaluator -> {
            throw new IllegalStateException("no\ngood");
        });
        Attempt<Verdict> first = attempts().at(trial);
        assertEquals("IllegalStateException: no", ((Attempt.Broken<Verdict>) first).reason());
        assertEquals(first, attempts().at(new Trial<>(Stage.QUALITY, CANDIDATE, "", 5, Verdict.class,
                evaluator -> new Verdict.Passed())));
    }
}
