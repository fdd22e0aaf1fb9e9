package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

class BaselinesTest {

    private static final double EPS = 1e-5;

    private final Probe probe = Probe.seeded(11);
    private final ReferenceEvaluation evaluation = new ReferenceEvaluation(probe.shape());

    @Test
    void namesComeInOrderAndInAnyCase() {
        assertEquals(
                List.of(
                        "identity",
                        "BN-ReLU",
                        "BN-Swish",
                        "GN-ReLU",
                        "GN-Swish",
                        "LN-ReLU",
                        "IN-ReLU",
                        "BN",
                        "LayerNorm",
                        "RMSNorm",
                        "FRN-TLU",
                        "DyT",
                        "Derf",
                        "EvoNorm-B0",
                        "EvoNorm-B1",
                        "EvoNorm-B2",
                        "EvoNorm-S0",
                        "EvoNorm-S1",
                        "EvoNorm-S2"),
                Baselines.names());
        for (String name : Baselines.names()) {
            Layer layer = Baselines.get(name);
            assertEquals(layer, Baselines.get(name.toUpperCase(Locale.ROOT)));
            assertEquals(layer, LayerName.parse(" " + name.toLowerCase(Locale.ROOT)));
            assertEquals(name.matches("EvoNorm.*|DyT|Derf"), layer.affine());
        }
        assertEquals(Optional.empty(), Baselines.find("ReLU"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Baselines.get("ReLU"))
                .getMessage()
                .contains("EvoNorm-S2"));
    }

    @Test
    void batchDependenceIsThatOfTheFamilies() {
        for (String name : Baselines.names()) {
            boolean batch = name.startsWith("BN") || name.startsWith("EvoNorm-B");
            assertEquals(!batch, Family.S.allows(Baselines.get(name).graph()), name);
        }
    }

    @Test
    void aFormulaIsALayerNameTooAndNonsenseIsNot() {
        assertEquals(Formula.parse("x * sigmoid(x)"), LayerName.parse("x * sigmoid(x)"));
        String message = refusal("mish");
        assertTrue(message.contains("column 1: found 'mish'"), message);
        assertTrue(message.contains("identity, BN-ReLU"), message);
    }

    private static String refusal(String text) {
        return assertThrows(IllegalArgumentException.class, () -> LayerName.parse(text))
                .getMessage();
    }

    @Test
    void aMisspeltNameGetsTheNearestAndAFormulaItsOwnErrorAlone() {
        for (String misspelt : List.of("EvoNormB0", "evonorm b0", "Evonorm-B0 ", "EvoNrm-B0")) {
            if (Baselines.find(misspelt).isEmpty()) {
                assertTrue(
                        refusal(misspelt).startsWith("there is no layer '" + misspelt + "'; did you mean EvoNorm-B0?"),
                        refusal(misspelt));
            }
        }
        assertTrue(
                refusal("x / std_hw(x)")
                        .startsWith("'x / std_hw(x)' is not a formula: column 5: found 'std_hw',"
                                + " expected std_wh or another of x, v0"),
                refusal("x / std_hw(x)"));
        String longOne = refusal("tanh(x) *\n" + "(".repeat(200_000));
        assertTrue(
                longOne.startsWith("'tanh(x) * (((") && longOne.contains("(…' is not a formula: column 261"), longOne);
        assertTrue(longOne.length() < 300, longOne);
        assertTrue(refusal("(".repeat(80)).startsWith("'" + "(".repeat(80) + "' is not"));
        assertTrue(refusal("(".repeat(81)).startsWith("'" + "(".repeat(79) + "…' is not"));
    }

    @Test
    void theIdentityGivesItsInput() {
        assertTrue(Baselines.get("identity").graph().isIdentity());
        assertArrayEquals(probe.x(), train("identity"));
    }

    @Test
    void batchNormReluNormalizesChannels() {
        double[] y = train("BN-ReLU");
        double[] swish = train("BN-Swish");
        double[] mean = new double[16];
        double[] variance = new double[16];
        int count = probe.x().length / 16;
        for (int i = 0; i < probe.x().length; i++) {
            mean[i % 16] += probe.x()[i] / count;
        }
        for (int i = 0; i < probe.x().length; i++) {
            variance[i % 16] += Math.pow(probe.x()[i] - mean[i % 16], 2) / count;
        }
        for (int i = 0; i < y.length; i++) {
            int c = i % 16;
            double std = Math.sqrt(variance[c] + EPS) + EPS;
            double z = probe.vectors().v1()[c] * (probe.x()[i] - mean[c]) / std
                    + probe.vectors().v0()[c];
            assertEquals(Math.max(z, 0), y[i], 1e-12);
            assertEquals(z / (1 + Math.exp(-z)), swish[i], 1e-12);
        }
    }

    @Test
    void theLayersOfTodayMatchTheirDefinitions() {
        double[] dyt = train("DyT");
        double[] derf = train("Derf");
        for (int i = 0; i < dyt.length; i++) {
            double gamma = probe.vectors().gamma()[i % 16];
            double beta = probe.vectors().beta()[i % 16];
            double x = probe.x()[i];
            double scale = probe.vectors().v1()[0];
            assertEquals(gamma * Math.tanh(scale * x) + beta, dyt[i], 1e-12);
            assertEquals(gamma * Erf.erf(scale * x + probe.vectors().v0()[0]) + beta, derf[i], 1e-12);
        }
        assertArrayEquals(
                new double[] {0.5}, Baselines.get("DyT").vectors().initial(16).v1());
        assertArrayEquals(
                new double[] {0}, Baselines.get("Derf").vectors().initial(16).v0());
    }

    @Test
    void evoNormsMatchTheirDefinitions() {
        double[] batchStd = deviation((i, j) -> i % 16 == j % 16);
        double[] instanceStd = deviation((i, j) -> i % 16 == j % 16 && sample(i) == sample(j));
        double[] groupStd = deviation((i, j) -> i % 16 / 8 == j % 16 / 8 && sample(i) == sample(j));
        double[] b0 = train("EvoNorm-B0");
        double[] s0 = train("EvoNorm-S0");
        for (int i = 0; i < b0.length; i++) {
            int c = i % 16;
            double x = probe.x()[i];
            double v1 = probe.vectors().v1()[c];
            double gamma = probe.vectors().gamma()[c];
            double beta = probe.vectors().beta()[c];
            double divisor = Math.max(batchStd[i], v1 * x + instanceStd[i]) + EPS;
            assertEquals(gamma * (x / divisor) + beta, b0[i], 1e-12);
            double swish = x / (1 + Math.exp(-v1 * x));
            assertEquals(gamma * (swish / (groupStd[i] + EPS)) + beta, s0[i], 1e-12);
        }
    }

    private double[] train(String name) {
        Layer layer = Baselines.get(name);
        return evaluation.train(layer, probe.x(), layer.vectors().fit(probe.vectors()));
    }

    private static int sample(int index) {
        return index / 64;
    }

    /** At every position the deviation over all positions that {@code together} puts in its set. */
    private double[] deviation(BiPredicate<Integer, Integer> together) {
        double[] x = probe.x();
        double[] deviations = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double count = 0;
            double sum = 0;
            for (int j = 0; j < x.length; j++) {
                if (together.test(i, j)) {
                    count++;
                    sum += x[j];
                }
            }
            double squares = 0;
            for (int j = 0; j < x.length; j++) {
                squares += together.test(i, j) ? Math.pow(x[j] - sum / count, 2) : 0;
            }
            deviations[i] = Math.sqrt(squares / count + EPS);
        }
        return deviations;
    }
}
