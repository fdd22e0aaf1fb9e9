package org.evonorm.rejection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.training.SoftmaxRegression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StabilityFilterTest {

    private static final Dataset DATA = Datasets.synthetic(1, 100, 50, 10);
    private static final Layer LAYER = Baselines.get("EvoNorm-B0");
    private static final StabilitySettings SETTINGS = new StabilitySettings(10, 0.01, 4, 1e8);
    private static final int CROP = 16;

    private final List<Network> networks = AnchorNetworks.ofPaper().stream()
            .map(name -> AnchorNetworks.of(name, AnchorNetworks.proxyScale(name), 10))
            .toList();
    private final List<String> evaluated = new ArrayList<>();
    /** Factors of the gradient, by network. */
    private final Map<String, Float> factors =
            new HashMap<>(Map.of("resnet50", 1f, "mobilenetv2", 1f, "efficientnetb0", 1f));

    /** Builds linear classifiers under the names of the networks. */
    private final Engine scripted = new Engine() {
        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public Model build(Network network, Layer layer, int threads, long seed) {
            assertEquals(LAYER, layer);
            assertEquals(3, threads);
            return new SoftmaxRegression(network.classes(), seed) {
                @Override
                public double lossAndGradient(Batch batch) {
                    assertEquals(4, batch.count());
                    evaluated.add(network.name());
                    return super.lossAndGradient(batch);
                }

                @Override
                public float[] gradient() {
                    float[] gradient = super.gradient();
                    for (int i = 0; i < gradient.length; i++) {
                        gradient[i] *= factors.get(network.name());
                    }
                    return gradient;
                }
            };
        }
    };

    private StabilityResult judge(int steps) {
        return new StabilityFilter(scripted, networks, DATA, CROP, new StabilitySettings(steps, 0.01, 4, 1e8), 3)
                .judge(LAYER, 1);
    }

    @Test
    void aStableLayerTakesAllStepsInEveryNetworkAndTheCheapestFirst() {
        StabilityResult status = judge(10);
        assertEquals(new CandidateStatus.Passed(), status.status());
        assertEquals(10, status.test().steps());
        assertEquals(
                List.of("mobilenetv2", "efficientnetb0", "resnet50"),
                evaluated.stream().distinct().toList());
    }

    @Test
    void theNormGrowsWithTheSteps() {
        double before = judge(0).test().norm();
        double after = judge(10).test().norm();
        assertTrue(after > 1.001 * before, before + " became " + after);
    }

    @Test
    void theFirstNetworkWhoseNormPassesTheLimitEndsIt() {
        factors.put("efficientnetb0", 1e9f);
        factors.put("resnet50", Float.NaN);
        StabilityResult status = judge(10);
        CandidateStatus.Rejected rejected = assertInstanceOf(CandidateStatus.Rejected.class, status.status());
        assertEquals(CandidateStatus.Filter.STABILITY, rejected.filter());
        assertTrue(
                rejected.reason()
                        .matches("the norm of the gradient in efficientnetb0 reached .*e\\+0?[89], above "
                                + "1.0e\\+08, after 0 steps of ascent"),
                rejected.reason());
        assertEquals(0, status.test().steps());
        assertTrue(status.test().norm() > 1e8);
        assertEquals(
                List.of("mobilenetv2", "efficientnetb0"),
                evaluated.stream().distinct().toList());
    }

    @Test
    void aGradientThatIsNotFiniteIsAFailure() {
        factors.put("mobilenetv2", Float.NaN);
        assertEquals(
                new CandidateStatus.Rejected(
                        CandidateStatus.Filter.STABILITY,
                        "the norm of the gradient in mobilenetv2 was not finite after 0 steps of ascent"),
                judge(10).status());
        assertEquals(1, evaluated.size());
    }

    @Test
    void aGradientOfZeroHasNoWayUp() {
        factors.replaceAll((network, factor) -> 0f);
        assertEquals(new StabilityResult(new CandidateStatus.Passed(), new StabilityTest.Taken(0, 0)), judge(10));
        assertEquals(3, evaluated.size());
    }

    @Test
    void anInterruptionEndsIt() {
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, () -> judge(10));
        assertTrue(Thread.interrupted());
    }

    private static StabilityResult judgeForReal(Layer layer, String network) {
        NetworkScale scale = new NetworkScale(0.125, 0.25, NetworkScale.Variant.CIFAR);
        return new StabilityFilter(
                        new CpuEngine(), List.of(AnchorNetworks.of(network, scale, 10)), DATA, CROP, SETTINGS, 1)
                .judge(layer, 5);
    }

    /** All baselines except the identity, whose gradients explode because it does not normalize. */
    static List<String> baselineNames() {
        return Baselines.names().stream()
                .filter(name -> !name.equals("identity"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("baselineNames")
    void everyBaselinePasses(String name) {
        for (String network : AnchorNetworks.ofPaper()) {
            StabilityResult status = judgeForReal(Baselines.get(name), network);
            assertEquals(new CandidateStatus.Passed(), status.status());
            assertTrue(status.test().norm() > 0.1 && status.test().norm() < 1e6, status.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exp(exp(x))", "square(square(square(x)))", "exp(x * x)", "square(square(x)) + x"})
    void layersThatBlowUpAreRejectedWithinFiveSteps(String formula) {
        for (String network : AnchorNetworks.ofPaper()) {
            StabilityResult status = judgeForReal(LayerName.parse(formula), network);
            assertInstanceOf(CandidateStatus.Rejected.class, status.status(), network);
            assertTrue(status.test().steps() <= 5, status.toString());
        }
    }

    /**
     * Roots and logarithms of values that cross zero within a step of the product with the Hessian: the norm of their
     * real gradient stays far below the limit all the way.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sqrt(x)",
                "-sqrt(x)",
                "v0 + sqrt(x)",
                "sqrt(x + v1)",
                "sqrt(abs(x))",
                "sqrt(max(x, v0))",
                "tanh(sqrt(x))",
                "x / (sqrt(std_wh(x)) + sqrt(square(x)))",
                "sqrt(x) / std_bwh(sqrt(x))",
                "x * sigmoid(v1 * x) / sqrt(mean_whcg(square(x)) - square(mean_whcg(x)))",
                "tanh(log(x)) + x / std_bwh(x)"
            })
    void rootsAndLogarithmsOfBoundedGradientPass(String formula) {
        for (String network : AnchorNetworks.ofPaper()) {
            StabilityResult status = judgeForReal(LayerName.parse(formula), network);
            assertEquals(new CandidateStatus.Passed(), status.status(), network);
            assertEquals(SETTINGS.steps(), status.test().steps());
            assertTrue(status.test().norm() < 1e7, status.toString());
        }
    }

    @Test
    void theVerdictDependsOnLayerAndSeedAlone() {
        StabilityResult status = judgeForReal(Baselines.get("EvoNorm-S0"), "mobilenetv2");
        assertEquals(status, judgeForReal(Baselines.get("EvoNorm-S0"), "mobilenetv2"));
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new StabilitySettings(-1, 0.01, 8, 1e8));
        assertThrows(IllegalArgumentException.class, () -> new StabilitySettings(1, 0, 8, 1e8));
        assertThrows(IllegalArgumentException.class, () -> new StabilitySettings(1, 0.01, 0, 1e8));
        assertThrows(IllegalArgumentException.class, () -> new StabilitySettings(1, 0.01, 8, Double.NaN));
        assertThrows(
                IllegalArgumentException.class,
                () -> new StabilityFilter(scripted, List.of(), DATA, CROP, SETTINGS, 1));
    }
}
