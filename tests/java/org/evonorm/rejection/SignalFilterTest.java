package org.evonorm.rejection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.network.Operator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalFilterTest {

    private static final Dataset DATA = Datasets.synthetic(1, 200, 50, 10);
    private static final Network NETWORK =
            AnchorNetworks.of("resnet50", new NetworkScale(0.125, 0.25, NetworkScale.Variant.CIFAR), 10);
    private static final SignalSettings SETTINGS = new SignalSettings(16, 0.1, 0.04, 0.126, 0);

    private static SignalResult judge(String layer, SignalSettings settings, long seed) {
        return judge(LayerName.parse(layer), NETWORK, settings, seed);
    }

    private static SignalResult judge(Layer layer, Network network, SignalSettings settings, long seed) {
        return new SignalFilter(new CpuEngine(), network, DATA, 24, settings, 1).judge(layer, seed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BN-ReLU",
                "BN-Swish",
                "GN-ReLU",
                "GN-Swish",
                "LN-ReLU",
                "FRN-TLU",
                "EvoNorm-B0",
                "EvoNorm-B1",
                "EvoNorm-B2",
                "EvoNorm-S0",
                "EvoNorm-S1",
                "EvoNorm-S2"
            })
    void layersThatTrainPass(String layer) {
        for (long seed = 1; seed <= 3; seed++) {
            SignalResult result = judge(layer, SETTINGS, seed);
            assertEquals(new CandidateStatus.Passed(), result.status(), () -> layer + ": " + result);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "identity | the gradient of the last convolution in resnet50 was",
                "x * x | the signal in resnet50 was not finite",
                "sigmoid(x) | the pooled features of resnet50 differed by",
                "IN-ReLU | the pooled features of resnet50 differed by",
            })
    void layersThatExplodeOrCollapseFall(String layer, String reason) {
        CandidateStatus.Rejected rejected = assertInstanceOf(
                CandidateStatus.Rejected.class, judge(layer, SETTINGS, 1).status());
        assertEquals(CandidateStatus.Filter.SIGNAL, rejected.filter());
        assertTrue(rejected.reason().startsWith(reason), rejected.reason());
    }

    @Test
    void theResultDependsOnLayerAndSeedAlone() {
        assertEquals(judge("EvoNorm-B0", SETTINGS, 5), judge("EvoNorm-B0", SETTINGS, 5));
        assertTrue(!judge("EvoNorm-B0", SETTINGS, 5).equals(judge("EvoNorm-B0", SETTINGS, 6)));
    }

    @Test
    void aShareOfTheRejectedPassesWithItsQuantities() {
        SignalSettings half = new SignalSettings(16, 0.1, 0.04, 0.126, 0.5);
        int passed = 0;
        for (long seed = 1; seed <= 20; seed++) {
            SignalResult exempt = judge("sigmoid(x)", half, seed);
            assertEquals(judge("sigmoid(x)", SETTINGS, seed).test(), exempt.test());
            passed += exempt.status() instanceof CandidateStatus.Passed ? 1 : 0;
        }
        assertTrue(passed >= 3 && passed <= 17, passed + " of 20 passed");
    }

    @Test
    void momentsAreTheVarianceBetweenImagesAndTheMeanSquare() {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[3 * 4];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        double between = 0;
        double square = 0;
        for (int position = 0; position < 4; position++) {
            double a = values[position];
            double b = values[4 + position];
            double c = values[8 + position];
            // The variance of three values is the sum of squared differences of all pairs, over nine.
            between += ((a - b) * (a - b) + (b - c) * (b - c) + (a - c) * (a - c)) / 9 / 4;
            square += (a * a + b * b + c * c) / 12;
        }
        SignalFilter.Moments moments = SignalFilter.Moments.of(values, 3);
        assertEquals(between, moments.varianceBetween(), 1e-12);
        assertEquals(square, moments.meanSquare(), 1e-12);
    }

    @Test
    void aNetworkWithoutConvolutionsIsRefused() {
        Network dense = new Network(
                "dense",
                List.of(
                        new Operator.Place(Operator.IMAGES),
                        new Operator.GlobalAveragePool(0),
                        new Operator.Dense(1, 10)));
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> judge(LayerName.parse("BN-ReLU"), dense, SETTINGS, 1));
        assertTrue(refusal.getMessage().contains("dense is not"), refusal.getMessage());
    }
}
