package org.evonorm.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.evonorm.data.Batch;
import org.evonorm.engine.Model;
import org.evonorm.network.AnchorNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares H·g in the CIFAR proxies with PyTorch's double backward in float64. The resource has a sketch of each vector
 * of PyTorch, written by {@code tests/bench/hessian.py}: every value, with a random sign, is added to one of a few
 * hundred sums. Sketches are linear and keep angles up to a few per cent of the angle.
 */
class HessianProductTest {

    private static final double LEAST_COSINE = 0.99;

    static List<JsonNode> cases() throws IOException {
        try (InputStream in = HessianProductTest.class.getResourceAsStream("hessian-products.json")) {
            List<JsonNode> cases = new ArrayList<>();
            new ObjectMapper().readTree(in).forEach(cases::add);
            return cases;
        }
    }

    @Test
    void thereIsACaseForEveryNetworkAndLayer() throws IOException {
        assertEquals(
                (long) AnchorNetworks.ofPaper().size() * HessianProductRecorder.LAYERS.size(),
                cases().stream()
                        .map(one -> one.get("network") + " " + one.get("layer"))
                        .distinct()
                        .count());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theDirectionIsThatOfDoubleBackward(JsonNode expected) {
        Batch batch = HessianProductRecorder.batch();
        try (Model model = HessianProductRecorder.model(
                expected.get("network").textValue(), expected.get("layer").textValue())) {
            model.lossAndGradient(batch);
            float[] product = model.hessianProduct(batch, model.gradient());
            double[] other = new double[expected.get("sketch").size()];
            for (int i = 0; i < other.length; i++) {
                other[i] = expected.get("sketch").get(i).doubleValue();
            }
            double[] sketch = sketch(product, other.length);
            double cosine = dot(sketch, other) / Math.sqrt(dot(sketch, sketch) * dot(other, other));
            assertTrue(cosine >= LEAST_COSINE, "cosine " + cosine);
            assertEquals(1, Math.sqrt(dot(sketch, sketch) / dot(other, other)), 0.02);
        }
    }

    private static double[] sketch(float[] values, int sums) {
        double[] sketch = new double[sums];
        for (int i = 0; i < values.length; i++) {
            long hash = mixed(i);
            sketch[(int) ((hash >>> 1) % sums)] += (hash & 1) == 0 ? values[i] : -values[i];
        }
        return sketch;
    }

    /** Finalizer of SplitMix64 (Stafford's variant 13). */
    private static long mixed(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Test
    void parametersAndRunningStatisticsStayAsTheyAre() {
        Batch batch = HessianProductRecorder.batch();
        try (Model model = HessianProductRecorder.model("mobilenetv2", "BN-ReLU")) {
            double loss = model.lossAndGradient(batch);
            float[] parameters = model.parameters();
            float[] averages = model.runningStatistics();
            float[] gradient = model.gradient();
            float[] product = model.hessianProduct(batch, gradient);
            assertArrayEquals(parameters, model.parameters());
            assertArrayEquals(averages, model.runningStatistics());
            assertEquals(1, model.statisticSteps());
            assertEquals(loss, model.lossAndGradient(batch));
            assertArrayEquals(gradient, model.gradient());
            assertArrayEquals(product, model.hessianProduct(batch, gradient));
            assertArrayEquals(new float[parameters.length], model.hessianProduct(batch, new float[parameters.length]));
        }
    }

    @Test
    void aBatchWithoutGradientIsRefused() {
        try (Model model = HessianProductRecorder.model("mobilenetv2", "EvoNorm-S0")) {
            assertThrows(
                    IllegalStateException.class,
                    () -> model.hessianProduct(HessianProductRecorder.batch(), model.parameters()));
        }
    }
}
