package org.evonorm.engine;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.network.ActivationFunction;

/**
 * The activations that are parts of networks, as layers without parameters, so that every engine computes them in the
 * way of a place. Layer graphs have no numbers but 0; a number is written as halvings and doublings of 1, which float32
 * computes exactly.
 */
final class FixedActivations {

    private static final Map<ActivationFunction, CanonicalLayer> LAYERS = new EnumMap<>(ActivationFunction.class);

    static {
        for (ActivationFunction function : ActivationFunction.values()) {
            LAYERS.put(function, new FixedActivations().layer(function));
        }
    }

    private final List<Node> nodes = new ArrayList<>();

    private FixedActivations() {}

    /** The layer that computes an activation. */
    static CanonicalLayer of(ActivationFunction function) {
        return LAYERS.get(function);
    }

    private CanonicalLayer layer(ActivationFunction function) {
        int x = LayerGraph.X;
        switch (function) {
            case RELU -> positive(x);
            case RELU6 -> clippedAtSix(x);
            case SIGMOID -> apply(Elementwise.SIGMOID, x);
            case SWISH -> apply(Elementwise.MUL, x, apply(Elementwise.SIGMOID, x));
            case HARD_SIGMOID -> hardSigmoid(x);
            case HARD_SWISH -> apply(Elementwise.MUL, x, hardSigmoid(x));
            case GELU ->
                halfOfXTimesOnePlus(apply(Elementwise.ERF, apply(Elementwise.MUL, x, number((float) Math.sqrt(0.5)))));
            case TANH_GELU -> {
                int cube = apply(Elementwise.MUL, apply(Elementwise.SQUARE, x), x);
                int sum = apply(Elementwise.ADD, x, apply(Elementwise.MUL, cube, number(0.044715f)));
                halfOfXTimesOnePlus(apply(Elementwise.TANH, apply(Elementwise.MUL, sum, number((float)
                        Math.sqrt(2 / Math.PI)))));
            }
            case TANH -> apply(Elementwise.TANH, x);
        }
        return CanonicalLayer.of(new Layer(new LayerGraph(nodes), false));
    }

    private void halfOfXTimesOnePlus(int function) {
        int half = apply(Elementwise.MUL, LayerGraph.X, number(0.5f));
        apply(Elementwise.MUL, half, apply(Elementwise.ADD, number(1), function));
    }

    private int hardSigmoid(int x) {
        return apply(Elementwise.MUL, clippedAtSix(apply(Elementwise.ADD, x, number(3))), number(1 / 6f));
    }

    /** min(max(x, 0), 6) = 6 − max(0, 6 − max(0, x)) */
    private int clippedAtSix(int x) {
        int six = number(6);
        int below = apply(Elementwise.ADD, six, apply(Elementwise.NEG, positive(x)));
        return apply(Elementwise.ADD, six, apply(Elementwise.NEG, positive(below)));
    }

    /** max(0, x); a tie goes to the 0, so that the derivative at 0 is 0, as in PyTorch. */
    private int positive(int x) {
        return apply(Elementwise.MAX, LayerGraph.ZERO, x);
    }

    /** A positive number, from the last of its binary digits to the first. */
    private int number(float value) {
        int one = apply(Elementwise.EXP, LayerGraph.ZERO);
        int half = apply(Elementwise.SIGMOID, LayerGraph.ZERO);
        int exponent = Math.getExponent(value);
        int mantissa = (Float.floatToIntBits(value) & 0x7fffff) | 0x800000;
        int sum = one;
        for (int digit = Integer.numberOfTrailingZeros(mantissa) + 1; digit <= 23; digit++) {
            sum = apply(Elementwise.MUL, sum, half);
            if (((mantissa >> digit) & 1) == 1) {
                sum = apply(Elementwise.ADD, one, sum);
            }
        }
        for (; exponent > 0; exponent--) {
            sum = apply(Elementwise.ADD, sum, sum);
        }
        for (; exponent < 0; exponent++) {
            sum = apply(Elementwise.MUL, sum, half);
        }
        return sum;
    }

    private int apply(Elementwise primitive, Integer... inputs) {
        nodes.add(new Node(primitive, inputs));
        return LayerGraph.INITIAL_NODES + nodes.size() - 1;
    }
}
