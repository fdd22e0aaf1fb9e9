package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.evonorm.graph.TrainableVector.Per;
import org.evonorm.graph.simplification.Simplification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** v0 and v1 with one value per layer and other starts, in all forms of a layer and in the reference. */
class TrainableVectorsTest {

    private final Probe probe = Probe.seeded(5);
    private final ReferenceEvaluation evaluation = new ReferenceEvaluation(probe.shape());

    private static TrainableVectors random(SplittableRandom random) {
        return new TrainableVectors(vector(random), vector(random));
    }

    private static TrainableVector vector(SplittableRandom random) {
        double[] starts = {
            0, -0.0, 1, 0.5, -2, 1e-12, -123456.789, Float.MAX_VALUE, Float.MIN_VALUE, random.nextGaussian()
        };
        return new TrainableVector(
                Per.values()[random.nextInt(Per.values().length)], starts[random.nextInt(starts.length)]);
    }

    @Test
    void formulasAndJsonRoundTrip() {
        SplittableRandom random = new SplittableRandom(1);
        SearchSpace space =
                new SearchSpace(Primitive.all(), SearchSpace.of(Family.B).initialNodes(), random(random));
        for (int i = 0; i < 2000; i++) {
            LayerGraph graph = new RandomGraphs(space, 1 + random.nextInt(30)).next(random);
            Layer layer = new Layer(graph, random.nextBoolean(), random(random), GroupRule.DEFAULT);
            assertEquals(layer, LayerJson.read(LayerJson.write(layer)));
            Layer parsed = Formula.parse(Formula.print(layer));
            assertEquals(CanonicalLayer.of(layer), CanonicalLayer.of(parsed), Formula.print(layer));
            CanonicalLayer simplified = Simplification.of(layer);
            assertEquals(
                    CanonicalLayer.of(layer).vectors().whereReached(simplified.graph(), TrainableVectors.PAPER),
                    simplified.vectors());
        }
    }

    @Test
    void thePaperVectorsAreNotWritten() {
        Layer layer = Formula.parse("v0 = channel(0); v1 = channel(1); v1 * x + v0");
        assertEquals("v1 * x + v0", Formula.print(layer));
        assertFalse(LayerJson.write(layer).contains("vectors"));
        // A vector that the output does not depend on is the paper's.
        assertEquals(
                TrainableVectors.PAPER, Formula.parse("v0 = layer(3); x * v1").vectors());
        Layer unreached = new Layer(
                Formula.parse("x * x").graph(),
                true,
                new TrainableVectors(new TrainableVector(Per.LAYER, 2), new TrainableVector(Per.LAYER, 2)),
                GroupRule.DEFAULT);
        assertEquals(CandidateIdentity.id(Formula.parse("x * x")), CandidateIdentity.id(unreached));
    }

    /** Gradients by x and by the single values, of all primitives, against differences in float64. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "v1 = layer(0.5); tanh(v1 * x)",
                "v0 = layer(0); v1 = layer(0.5); erf(v1 * x + v0)",
                "v0 = layer(0.3); v1 = channel(-2); x * sigmoid(v1 * x + v0) / std_whcg(x * v0)",
                "v0 = layer(0.3); erf(x / rms_wh(v0 * x)) * mean_bwh(erf(x) * v1) | no affine",
                "v1 = layer(2); square(v1) * x"
            })
    void gradientsMatchDifferences(String formula) {
        Layer layer = Formula.parse(formula);
        ChannelVectors vectors = layer.vectors().fit(probe.vectors());
        evaluation.train(layer, probe.x(), vectors);
        ReferenceEvaluation.Gradient gradient = evaluation.gradient(probe.outputGradient());
        assertMatches(layer, vectors, probe.x(), gradient.x());
        assertMatches(layer, vectors, vectors.v0(), gradient.vectors().v0());
        assertMatches(layer, vectors, vectors.v1(), gradient.vectors().v1());
    }

    private void assertMatches(Layer layer, ChannelVectors vectors, double[] input, double[] gradient) {
        assertEquals(input.length, gradient.length);
        double size = 1;
        for (double value : gradient) {
            size = Math.max(size, Math.abs(value));
        }
        for (int i = 0; i < input.length; i++) {
            double before = input[i];
            double step = 1e-6;
            input[i] = before + step;
            double above = loss(layer, vectors);
            input[i] = before - step;
            double below = loss(layer, vectors);
            input[i] = before;
            assertEquals((above - below) / (2 * step), gradient[i], 1e-6 * size, Formula.print(layer));
        }
    }

    private double loss(Layer layer, ChannelVectors vectors) {
        double[] y = evaluation.train(layer, probe.x(), vectors);
        double loss = 0;
        for (int i = 0; i < y.length; i++) {
            loss += y[i] * probe.outputGradient()[i];
        }
        return loss;
    }

    @Test
    void startsAreGivenToEveryValue() {
        ChannelVectors initial = Formula.parse("v0 = channel(2); v1 = layer(-0.25); v1 * x + v0")
                .vectors()
                .initial(3);
        assertArrayEquals(new double[] {2, 2, 2}, initial.v0());
        assertArrayEquals(new double[] {-0.25}, initial.v1());
    }

    @Test
    void startsThatFloat32HasNotAreRefused() {
        for (double start : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1e39}) {
            assertThrows(IllegalArgumentException.class, () -> new TrainableVector(Per.LAYER, start));
        }
    }
}
