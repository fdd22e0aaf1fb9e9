package org.evonorm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.engine.dl4j.Dl4jEngine;
import org.evonorm.graph.Baselines;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingStretchTest {

    private static final List<Integer> HURDLES = List.of(3, 7, 12);
    private static final Dataset DATA = Datasets.synthetic(1, 60, 30, 10);
    /** A cosine schedule with a warm-up past the first hurdle, and points of the curve beside the hurdles. */
    private static final TrainingSettings SETTINGS =
            new TrainingSettings(12, 16, 16, 0.05, RateDecay.COSINE, 5, 0.9, 1e-4, 5);

    private static Network network(String name) {
        return AnchorNetworks.of(name, new NetworkScale(0.125, 0.125, NetworkScale.Variant.CIFAR), 10);
    }

    private static StretchResult train(
            String network, String layer, TrainingSettings settings, int from, int to, Optional<float[]> state) {
        return train(network, layer, settings, from, to, state, Double.POSITIVE_INFINITY);
    }

    private static StretchResult train(
            String network,
            String layer,
            TrainingSettings settings,
            int from,
            int to,
            Optional<float[]> state,
            double lossLimit) {
        return ProxyTask.trainStretch(
                new CpuEngine(),
                network(network),
                Baselines.get(layer),
                DATA,
                settings,
                1,
                5,
                new TrainingStretch(HURDLES, from, to),
                state,
                lossLimit,
                RobustnessScoring.NONE);
    }

    @ParameterizedTest
    @CsvSource({"resnet50, BN-ReLU", "mobilenetv2, EvoNorm-B0", "efficientnetb0, EvoNorm-S0", "resnet50, FRN-TLU"})
    void stretchesGiveTheBitsOfOneTrainingInOneGo(String network, String layer) {
        StretchResult first = train(network, layer, SETTINGS, 0, 3, Optional.empty());
        StretchResult second = train(network, layer, SETTINGS, 3, 7, first.state());
        StretchResult third = train(network, layer, SETTINGS, 7, 12, second.state());
        StretchResult toSecond = train(network, layer, SETTINGS, 0, 7, Optional.empty());
        assertArrayEquals(toSecond.state().orElseThrow(), second.state().orElseThrow());
        assertTrue(third.state().isEmpty());
        StretchResult inOneGo = train(network, layer, SETTINGS, 0, 12, Optional.empty());
        TrainingResult joined = first.result().then(second.result()).then(third.result());
        assertSame(inOneGo.result(), joined);
        assertEquals(List.of(3, 5, 7, 10, 12), steps(joined));
        TrainingResult plain =
                ProxyTask.train(new CpuEngine(), network(network), Baselines.get(layer), DATA, SETTINGS, 1, 5);
        assertEquals(plain.accuracy(), joined.accuracy());
        assertEquals(plain.loss(), joined.loss());
    }

    @Test
    void aLostStateOrOneOfAnotherModelComesToTheSame() {
        StretchResult first = train("resnet50", "BN-ReLU", SETTINGS, 0, 3, Optional.empty());
        StretchResult second = train("resnet50", "BN-ReLU", SETTINGS, 3, 7, first.state());
        for (Optional<float[]> lost : List.of(Optional.<float[]>empty(), Optional.of(new float[7]))) {
            StretchResult anew = train("resnet50", "BN-ReLU", SETTINGS, 3, 7, lost);
            assertArrayEquals(second.state().orElseThrow(), anew.state().orElseThrow());
            assertSame(second.result(), anew.result());
        }
    }

    @Test
    void aTrainingThatDivergesLeavesNoState() {
        TrainingSettings wild = new TrainingSettings(12, 16, 16, 1e30, RateDecay.CONSTANT, 0, 0.9, 0, 0);
        StretchResult result = train("resnet50", "identity", wild, 0, 3, Optional.empty());
        assertTrue(result.result().diverged());
        assertTrue(result.state().isEmpty());
        assertEquals(0, result.result().accuracyAt(3));
        assertThrows(IllegalArgumentException.class, () -> result.result().then(result.result()));
    }

    @Test
    void aLossAboveTheLimitEndsTheTrainingAndALimitThatNoLossPassesChangesNothing() {
        StretchResult free = train("resnet50", "BN-ReLU", SETTINGS, 0, 3, Optional.empty());
        StretchResult within = train("resnet50", "BN-ReLU", SETTINGS, 0, 3, Optional.empty(), 1000);
        assertArrayEquals(free.state().orElseThrow(), within.state().orElseThrow());
        assertSame(free.result(), within.result());
        StretchResult ended = train("resnet50", "BN-ReLU", SETTINGS, 0, 3, Optional.empty(), 0.01);
        assertTrue(ended.result().diverged());
        assertTrue(ended.result().loss() > 0.01, () -> ended.result().toString());
        assertEquals(0, ended.result().steps());
        assertTrue(ended.state().isEmpty());
    }

    @Test
    void stretchesBeginAndEndAtHurdles() {
        TrainingStretch second = TrainingStretch.before(HURDLES, 1);
        assertEquals(new TrainingStretch(HURDLES, 3, 7), second);
        assertEquals(Optional.of(TrainingStretch.before(HURDLES, 0)), second.previous());
        assertTrue(TrainingStretch.before(HURDLES, 0).previous().isEmpty());
        assertEquals(List.of(3, 7), second.reached());
        assertEquals(4, second.steps());
        for (int[] wrong : new int[][] {{0, 4}, {4, 7}, {7, 7}, {7, 3}, {-3, 3}}) {
            assertThrows(IllegalArgumentException.class, () -> new TrainingStretch(HURDLES, wrong[0], wrong[1]));
        }
        TrainingResult result =
                train("resnet50", "BN-ReLU", SETTINGS, 0, 3, Optional.empty()).result();
        assertFalse(result.diverged());
        assertThrows(IllegalArgumentException.class, () -> result.accuracyAt(7));
    }

    private static List<Integer> steps(TrainingResult result) {
        List<Integer> steps = new ArrayList<>();
        result.curve().forEach(point -> steps.add(point.step()));
        return steps;
    }

    /** The same but for times. */
    private static void assertSame(TrainingResult expected, TrainingResult result) {
        assertEquals(
                new TrainingResult(
                        expected.accuracy(), expected.loss(), expected.steps(), false, expected.curve(), 0, 0),
                new TrainingResult(result.accuracy(), result.loss(), result.steps(), false, result.curve(), 0, 0));
    }

    @ParameterizedTest
    @CsvSource({"resnet50, BN-ReLU", "mobilenetv2, EvoNorm-S0"})
    void scoresOfRobustnessChangeNothingElse(String network, String layer) {
        List<Robustness> all = List.of(Robustness.values());
        StretchResult plain = train(network, layer, SETTINGS, 0, 7, Optional.empty());
        StretchResult scored = train(network, layer, RobustnessScoring.of(all));
        assertArrayEquals(plain.state().orElseThrow(), scored.state().orElseThrow());
        assertEquals(plain.result().accuracy(), scored.result().accuracy());
        assertEquals(plain.result().loss(), scored.result().loss());
        assertEquals(Map.of(), plain.result().robustness());
        assertEquals(Set.copyOf(all), scored.result().robustness().keySet());
        scored.result()
                .robustness()
                .forEach((condition, accuracy) ->
                        assertTrue(accuracy >= 0 && accuracy <= 1, condition + ": " + accuracy));
        assertEquals(
                scored.result().robustness(),
                train(network, layer, RobustnessScoring.of(all)).result().robustness());
        RobustnessScoring never = RobustnessScoring.of(all).where(result -> result.accuracy() > 1);
        assertEquals(Map.of(), train(network, layer, never).result().robustness());
    }

    private static StretchResult train(String network, String layer, RobustnessScoring robustness) {
        return ProxyTask.trainStretch(
                new CpuEngine(),
                network(network),
                Baselines.get(layer),
                DATA,
                SETTINGS,
                1,
                5,
                new TrainingStretch(HURDLES, 0, 7),
                Optional.empty(),
                Double.POSITIVE_INFINITY,
                robustness);
    }

    @Test
    void anEngineThatCannotRoundSaysSo() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> ProxyTask.train(
                        new Dl4jEngine(),
                        network("resnet50"),
                        Baselines.get("BN-ReLU"),
                        DATA,
                        SETTINGS.withSteps(1),
                        1,
                        5,
                        RobustnessScoring.of(List.of(Robustness.INT8))));
        assertEquals("robustness is scored by the engine cpu alone", e.getMessage());
    }
}
