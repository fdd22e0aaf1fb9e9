package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignFunctionTest {

    private static final TensorShape SHAPE = new TensorShape(4, 3, 5, 16);

    private static final Map<String, DoubleUnaryOperator> UNARY = new TreeMap<>(Map.ofEntries(
            Map.entry("relu", x -> Math.max(x, 0)),
            Map.entry("relu6", x -> Math.min(Math.max(x, 0), 6)),
            Map.entry("swish", x -> x / (1 + Math.exp(-x))),
            Map.entry("softplus", x -> Math.log1p(Math.exp(x))),
            Map.entry("softsign", x -> x / (1 + Math.abs(x))),
            Map.entry("mish", x -> x * Math.tanh(Math.log1p(Math.exp(x)))),
            Map.entry("elu", x -> x > 0 ? x : Math.expm1(x)),
            Map.entry("hardtanh", x -> Math.min(Math.max(x, -1), 1)),
            Map.entry("logistic", x -> 1 / (1 + Math.exp(-x))),
            Map.entry("identity", x -> x),
            Map.entry("fabs", Math::abs),
            Map.entry("sqr", x -> x * x),
            Map.entry("negative", x -> -x),
            Map.entry("reciprocal", x -> 1 / x),
            Map.entry("ln", x -> Math.log(Math.abs(x)) * Math.signum(x)),
            Map.entry("square_root", x -> Math.sqrt(Math.abs(x)) * Math.signum(x)),
            Map.entry("rsqrt", x -> Math.signum(x) / Math.sqrt(Math.abs(x)))));

    private static final Map<String, DoubleBinaryOperator> BINARY = new TreeMap<>(Map.of(
            "maximum",
            Math::max,
            "min",
            Math::min,
            "sub",
            (a, b) -> a - b,
            "plus",
            Double::sum,
            "multiply",
            (a, b) -> a * b,
            "divide",
            (a, b) -> a / b));

    private static final Map<String, String> NORMALIZATIONS = new TreeMap<>(Map.of(
            "batchnorm", "(x - mean_bwh(x)) / std_bwh(x)",
            "layernorm", "(x - mean_whc(x)) / std_whc(x)",
            "instancenorm", "(x - mean_wh(x)) / std_wh(x)",
            "groupnorm", "(x - mean_whcg(x)) / std_whcg(x)",
            "rmsnorm", "x / rms_whc(x)"));

    private static double[] evaluate(String formula, double[] x) {
        double[] ones = new double[SHAPE.channels()];
        Arrays.fill(ones, 1);
        double[] zeros = new double[SHAPE.channels()];
        return new ReferenceEvaluation(SHAPE)
                .train(
                        Formula.parse("0 * x + (" + formula + ") | no affine"),
                        x,
                        new ChannelVectors(zeros, ones, ones, zeros));
    }

    /** Values away from 0, where the guards of logarithms, roots and divisions are not felt. */
    private static double[] inputs() {
        return new SplittableRandom(3)
                .doubles(SHAPE.size(), -8, 8)
                .map(x -> Math.abs(x) < 0.3 ? x + Math.copySign(0.3, x) : x)
                .toArray();
    }

    private static String meaning(String name) {
        return ForeignFunction.EXACT.get(name);
    }

    @Test
    void everyHintComputesTheFunctionThatItStandsFor() {
        double[] x = inputs();
        UNARY.forEach((name, function) -> {
            double[] y = evaluate(meaning(name), x);
            for (int i = 0; i < x.length; i++) {
                assertEquals(function.applyAsDouble(x[i]), y[i], 1e-3 * (1 + Math.abs(y[i])), name + " of " + x[i]);
            }
        });
        BINARY.forEach((name, function) -> {
            String formula = meaning(name).replaceAll("\\ba\\b", "x").replaceAll("\\bb\\b", "tanh(x)");
            double[] y = evaluate(formula, x);
            for (int i = 0; i < x.length; i++) {
                double expected = function.applyAsDouble(x[i], Math.tanh(x[i]));
                assertEquals(expected, y[i], 1e-3 * (1 + Math.abs(y[i])), name);
            }
        });
        NORMALIZATIONS.forEach(
                (name, formula) -> assertEquals(Formula.parse(formula), Formula.parse(meaning(name)), name));
    }

    @Test
    void theHintForGeluIsNear() {
        double[] x = inputs();
        double[] gelu = evaluate(ForeignFunction.NEAR.get("gelu"), x);
        for (int i = 0; i < x.length; i++) {
            double cubic = x[i] + 0.044715 * x[i] * x[i] * x[i];
            double exact = x[i] * 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * cubic));
            assertEquals(exact, gelu[i], 0.03, "gelu of " + x[i]);
        }
    }

    @Test
    void noHintIsLeftUntried() {
        Set<String> tried = new HashSet<>();
        UNARY.keySet().forEach(name -> tried.add(meaning(name)));
        BINARY.keySet().forEach(name -> tried.add(meaning(name)));
        NORMALIZATIONS.keySet().forEach(name -> tried.add(meaning(name)));
        ForeignFunction.EXACT.forEach((name, formula) -> assertTrue(tried.contains(formula), name));
        ForeignFunction.NEAR.forEach((name, formula) ->
                assertTrue(Formula.parse(formula).graph().nodes().size() > 0, name));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "torch.relu | which has no name here; write relu(x) as max(x, 0)",
                "tf.nn.SiLU | which has no name here; write silu(x) as x * sigmoid(x)",
                "np.maximum | which has no name here; write maximum(a, b) as max(a, b)",
                "np.abs | which is written abs here",
                "X | which is written x here",
                "GELU | which has no name here; near gelu(x) is x * sigmoid(sqrt(1 + 1 + 1) * x)",
            })
    void namesOfLibrariesAreKnown(String name, String hint) {
        assertEquals(Optional.of(hint), ForeignFunction.hint(name));
    }

    @Test
    void wordsWithoutMeaningHaveNoHint() {
        assertEquals(Optional.empty(), ForeignFunction.hint("tahn"));
        assertEquals(Optional.empty(), ForeignFunction.number("0.5"));
        assertEquals(Optional.of("(1 + 1 + 1)"), ForeignFunction.number("3.0"));
    }
}
