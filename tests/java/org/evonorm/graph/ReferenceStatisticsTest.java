package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the reference takes from its input and what it is given. */
class ReferenceStatisticsTest {

    private static final double EPS = 1e-5;
    private static final Probe PROBE = Probe.seeded(22);

    private final ReferenceEvaluation evaluation = new ReferenceEvaluation(PROBE.shape());

    /** All but batch aggregates are of the values at hand, on an evaluation that has seen none, or others. */
    @Test
    void evaluationTakesTheOtherStatisticsItself() {
        double[] other = Arrays.stream(PROBE.x()).map(value -> 1 - 2 * value).toArray();
        for (String formula : List.of("std_wh(x)", "mean_whc(x)", "rms_whcg(v1 * x)")) {
            Layer layer = Formula.parse(formula);
            double[] expected = new ReferenceEvaluation(PROBE.shape()).train(layer, other, PROBE.vectors());
            ReferenceEvaluation fresh = new ReferenceEvaluation(PROBE.shape());
            assertArrayEquals(expected, fresh.evaluate(layer, other, PROBE.vectors(), Map.of()));
            evaluation.train(layer, PROBE.x(), PROBE.vectors());
            assertArrayEquals(expected, evaluation.evaluate(layer, other, PROBE.vectors(), Map.of()));
        }
    }

    @Test
    void onOnePixelEveryValueIsItsOwnMean() {
        TensorShape shape = new TensorShape(2, 1, 1, 3);
        double[] x = {1, -2, 3, 0.5, 0, -1};
        ReferenceEvaluation onePixel = new ReferenceEvaluation(shape);
        Layer layer = Formula.parse("mean_wh(x) + std_wh(x) | no affine");
        double[] y = onePixel.train(layer, x, ChannelVectors.initial(3));
        for (int i = 0; i < x.length; i++) {
            assertEquals(x[i] + Math.sqrt(EPS), y[i], 1e-15);
        }
        assertArrayEquals(x, onePixel.gradient(x).x(), 1e-15);
    }

    @Test
    void vectorsOfAnotherSizeAreRefused() {
        Layer layer = Baselines.get("EvoNorm-S0");
        double[] good = new double[16];
        double[] bad = new double[15];
        assertRefused("v0", layer, new ChannelVectors(bad, good, good, good));
        assertRefused("v1", layer, new ChannelVectors(good, bad, good, good));
        assertRefused("gamma", layer, new ChannelVectors(good, good, bad, good));
        assertRefused("beta", layer, new ChannelVectors(good, good, good, bad));
        evaluation.train(layer, PROBE.x(), PROBE.vectors());
        assertEquals(
                "the output's gradient must have 192 values, not 191",
                assertThrows(IllegalArgumentException.class, () -> evaluation.gradient(new double[191]))
                        .getMessage());
    }

    private void assertRefused(String vector, Layer layer, ChannelVectors vectors) {
        assertEquals(
                vector + " must have 16 values, not 15",
                assertThrows(IllegalArgumentException.class, () -> evaluation.train(layer, PROBE.x(), vectors))
                        .getMessage());
    }
}
