package org.evonorm.graph;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names and signs of other programs in a formula, with the way in which a formula here writes them. They are what users
 * of PyTorch, Keras and NumPy type first, and a list of primitives would not help them.
 */
final class ForeignFunction {

    /** By name in lower case, the function of x (or of a and b) as a formula writes it. */
    static final Map<String, String> EXACT = byName("""
            relu = max(x, 0)
            relu6 = -max(-max(x, 0), -(1 + 1 + 1 + 1 + 1 + 1))
            swish silu = x * sigmoid(x)
            softplus = log(1 + exp(x))
            softsign = x / (1 + abs(x))
            mish = x * tanh(log(1 + exp(x)))
            elu = max(x, 0) - max(1 - exp(x), 0)
            hardtanh hard_tanh = -max(-max(x, -1), -1)
            logistic sigm = sigmoid(x)
            identity = x
            square_root = sqrt(x)
            rsqrt = 1 / sqrt(x)
            reciprocal inverse inv = 1 / x
            ln = log(x)
            fabs absolute = abs(x)
            sqr = square(x)
            negative minus = -x
            maximum = max(a, b)
            min minimum = -max(-a, -b)
            sub subtract = a - b
            plus = a + b
            multiply times prod = a * b
            divide = a / b
            batchnorm batch_norm batchnorm2d batchnormalization bn = (x - mean_bwh(x)) / std_bwh(x)
            layernorm layer_norm layernormalization = (x - mean_whc(x)) / std_whc(x)
            instancenorm instance_norm instancenorm2d = (x - mean_wh(x)) / std_wh(x)
            groupnorm group_norm groupnormalization = (x - mean_whcg(x)) / std_whcg(x)
            rmsnorm rms_norm = x / rms_whc(x)
            """);

    /** By name in lower case, a formula that is near the function. */
    static final Map<String, String> NEAR = byName("""
            gelu = x * sigmoid(sqrt(1 + 1 + 1) * x)
            leaky_relu leakyrelu prelu = max(x, v0 * x)
            var variance = square(std_wh(x))
            """);

    private static final Map<String, String> PARTS = Map.of(
            "gamma",
                    "the trailing affine multiplies by gamma without being written; v1 is a trained vector in a formula",
            "beta", "the trailing affine adds beta without being written; v0 is a trained vector in a formula",
            "eps", "divisions, logarithms and roots have their eps without being told; leave it out",
            "epsilon", "divisions, logarithms and roots have their eps without being told; leave it out");

    private ForeignFunction() {}

    private static Map<String, String> byName(String lines) {
        Map<String, String> byName = new TreeMap<>();
        lines.lines().forEach(line -> {
            String[] parts = line.split(" = ", 2);
            Stream.of(parts[0].split(" ")).forEach(name -> byName.put(name, parts[1]));
        });
        return byName;
    }

    /** How a formula writes what a name means elsewhere, as the end of a sentence; empty for unknown names. */
    static Optional<String> hint(String name) {
        // As in torch.relu, np.maximum or tf.nn.swish.
        String last = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (EXACT.containsKey(last)) {
            return Optional.of(
                    "which has no name here; write " + inputs(last, EXACT.get(last)) + " as " + EXACT.get(last));
        }
        if (NEAR.containsKey(last)) {
            return Optional.of(
                    "which has no name here; near " + inputs(last, NEAR.get(last)) + " is " + NEAR.get(last));
        }
        if (PARTS.containsKey(last)) {
            return Optional.of("which has no name here; " + PARTS.get(last));
        }
        Optional<String> known = Primitive.all().stream()
                .map(Primitive::symbol)
                .filter(last::equals)
                .findFirst()
                .or(() -> Stream.of("x", "v0", "v1").filter(last::equals).findFirst());
        return known.map(symbol -> "which is written " + symbol + " here");
    }

    private static String inputs(String name, String formula) {
        return name + (formula.matches(".*\\bb\\b.*") ? "(a, b)" : "(x)");
    }

    /** How a formula writes a number: as a sum of ones; empty for numbers that are not whole or above nine. */
    static Optional<String> number(String text) {
        if (!text.matches("0*[0-9](\\.0*)?")) {
            return Optional.empty();
        }
        int value = (int) Double.parseDouble(text);
        return Optional.of(
                value < 2
                        ? Integer.toString(value)
                        : Stream.generate(() -> "1").limit(value).collect(Collectors.joining(" + ", "(", ")")));
    }
}
