package org.evonorm.program;

import static org.evonorm.program.Operation.ADD;
import static org.evonorm.program.Operation.CONSTANT;
import static org.evonorm.program.Operation.MEAN_B;
import static org.evonorm.program.Operation.MEAN_C;
import static org.evonorm.program.Operation.MEAN_G;
import static org.evonorm.program.Operation.MEAN_WH;
import static org.evonorm.program.Operation.MUL;
import static org.evonorm.program.Operation.NEG;
import static org.evonorm.program.Operation.PIXEL_MEAN;
import static org.evonorm.program.Operation.ROOT;
import static org.evonorm.program.Operation.SQUARE;
import static org.evonorm.program.Operation.SUB;
import static org.evonorm.program.Operation.VARIANCE_WH;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.IndexSet;

/**
 * The builder of a program, which keeps instructions over whole tensors few. Equal instructions become one (common
 * subexpression elimination). Forms that cost time over tensors are rewritten (algebraic simplification): unit elements
 * and double negations vanish, and small factors and summands are gathered, so that a tensor meets one small factor and
 * one small summand once, if possible in a fused multiply-add or after a mean.
 *
 * <p>Values are indices of instructions. A value is small if it has fewer positions than a tensor
 * ({@link Extent#isSmall}).
 */
final class ProgramBuilder {

    private final List<Instruction> instructions = new ArrayList<>();
    private final Map<Instruction, Integer> indices = new HashMap<>();
    private final GroupRule groups;

    /** A builder of programs whose groups follow a rule. */
    ProgramBuilder(GroupRule groups) {
        this.groups = groups;
    }

    List<Instruction> instructions() {
        return instructions;
    }

    Extent extent(int value) {
        return instructions.get(value).extent();
    }

    int leaf(Operation operation, Extent extent) {
        return intern(new Instruction(operation, List.of(), 0, extent));
    }

    int runningStatistic(int index) {
        return intern(new Instruction(Operation.RUNNING_STATISTIC, List.of(), index, Extent.CHANNEL));
    }

    int constant(double value) {
        return intern(new Instruction(CONSTANT, List.of(), value, Extent.CONSTANT));
    }

    int add(int a, int b) {
        if (isConstant(a, 0)) {
            return b;
        }
        if (isConstant(b, 0)) {
            return a;
        }
        if (is(b, NEG)) {
            return sub(a, inputOf(b, 0));
        }
        if (is(a, NEG)) {
            return sub(b, inputOf(a, 0));
        }
        if (small(a) && !small(b)) {
            return add(b, a);
        }
        if (small(b) && is(a, ADD) && small(inputOf(a, 1)) && !small(inputOf(a, 0))) {
            return add(inputOf(a, 0), add(inputOf(a, 1), b));
        }
        if (small(b) && is(a, SUB) && small(inputOf(a, 1)) && !small(inputOf(a, 0))) {
            return add(inputOf(a, 0), sub(b, inputOf(a, 1)));
        }
        return small(a) == small(b) ? commutative(ADD, a, b) : elementwise(ADD, a, b);
    }

    int sub(int a, int b) {
        if (a == b) {
            return constant(0);
        }
        if (isConstant(b, 0)) {
            return a;
        }
        if (isConstant(a, 0)) {
            return neg(b);
        }
        return is(b, NEG) ? add(a, inputOf(b, 0)) : elementwise(SUB, a, b);
    }

    int neg(int a) {
        return is(a, NEG) ? inputOf(a, 0) : elementwise(NEG, a);
    }

    int mul(int a, int b) {
        if (isConstant(a, 0) || isConstant(b, 0)) {
            return constant(0);
        }
        if (isConstant(a, 1)) {
            return b;
        }
        if (isConstant(b, 1)) {
            return a;
        }
        if (is(a, NEG)) {
            return neg(mul(inputOf(a, 0), b));
        }
        if (is(b, NEG)) {
            return neg(mul(a, inputOf(b, 0)));
        }
        if (a == b) {
            return elementwise(SQUARE, a);
        }
        if (small(a) || small(b)) {
            return small(a) && small(b) ? commutative(MUL, a, b) : scale(small(a) ? b : a, small(a) ? a : b);
        }
        if (isScaled(a)) {
            return mul(mul(inputOf(a, 0), b), inputOf(a, 1));
        }
        if (isScaled(b)) {
            return mul(mul(a, inputOf(b, 0)), inputOf(b, 1));
        }
        if (isPixel(a) || isPixel(b)) {
            return isPixel(a) && isPixel(b)
                    ? commutative(MUL, a, b)
                    : scaleByPixel(isPixel(a) ? b : a, isPixel(a) ? a : b);
        }
        if (isScaledByPixel(a)) {
            return mul(mul(inputOf(a, 0), b), inputOf(a, 1));
        }
        if (isScaledByPixel(b)) {
            return mul(mul(a, inputOf(b, 0)), inputOf(b, 1));
        }
        return commutative(MUL, a, b);
    }

    /** A tensor times a small factor, which joins the factor that the tensor has already. */
    private int scale(int tensor, int factor) {
        if (isScaled(tensor)) {
            return mul(inputOf(tensor, 0), mul(inputOf(tensor, 1), factor));
        }
        return elementwise(MUL, tensor, factor);
    }

    /** A tensor times a factor per pixel, which joins the factor that the tensor has already. */
    private int scaleByPixel(int tensor, int factor) {
        return isScaledByPixel(tensor)
                ? mul(inputOf(tensor, 0), mul(inputOf(tensor, 1), factor))
                : elementwise(MUL, tensor, factor);
    }

    /** Whether the value is a tensor times a factor per pixel. */
    private boolean isScaledByPixel(int value) {
        return is(value, MUL) && isPixel(inputOf(value, 1)) && !isPixel(value);
    }

    /** Whether the value is a tensor times a small factor. */
    private boolean isScaled(int value) {
        return is(value, MUL) && small(inputOf(value, 1)) && !small(inputOf(value, 0));
    }

    /** GATE or GATE_LESS: {@code c} where the comparison of {@code a} and {@code b} holds, else 0. */
    int gate(Operation operation, int a, int b, int c) {
        if (is(c, NEG)) {
            return neg(gate(operation, a, b, inputOf(c, 0)));
        }
        return isScaled(c) || isScaledByPixel(c)
                ? mul(gate(operation, a, b, inputOf(c, 0)), inputOf(c, 1))
                : elementwise(operation, a, b, c);
    }

    /** The sum of derivatives. Small factors of the same tensor are added before they scale it, small values apart. */
    int sum(List<Integer> values) {
        Map<Integer, Integer> factors = new LinkedHashMap<>();
        int rest = constant(0);
        for (int value : values) {
            int unsigned = is(value, NEG) ? inputOf(value, 0) : value;
            if (small(value)) {
                rest = add(rest, value);
                continue;
            }
            int tensor = isScaled(unsigned) ? inputOf(unsigned, 0) : unsigned;
            int factor = isScaled(unsigned) ? inputOf(unsigned, 1) : constant(1);
            factors.merge(tensor, unsigned == value ? factor : neg(factor), this::add);
        }
        int sum = constant(0);
        for (Map.Entry<Integer, Integer> entry : factors.entrySet()) {
            sum = add(sum, mul(entry.getKey(), entry.getValue()));
        }
        return add(sum, rest);
    }

    /** An elementwise operation as it stands. */
    int elementwise(Operation operation, Integer... inputs) {
        Extent extent = Arrays.stream(inputs).map(this::extent).reduce(Extent.CONSTANT, Extent::join);
        return intern(new Instruction(operation, List.of(inputs), 0, extent));
    }

    /** The mean over an index set; dimensions over which the value does not vary are skipped. */
    int mean(IndexSet over, int value) {
        return over == IndexSet.C ? meanOverChannels(value) : meanOfSampleChannels(over, meanOverArea(value));
    }

    /**
     * The biased variance over an index set: the mean of the variances over (w, h) plus the variance of the means over
     * (w, h), so that no E[x²] − E[x]² cancels. Over channels alone it is the mean square of the distances from the
     * mean.
     */
    int variance(IndexSet over, int value) {
        if (over == IndexSet.C) {
            int distance = sub(value, meanOverChannels(value));
            return isConstant(distance, 0) ? distance : meanOverChannels(elementwise(SQUARE, distance));
        }
        int within = small(value) ? constant(0) : unary(VARIANCE_WH, value, Extent.SAMPLE_CHANNEL);
        int areaMean = meanOverArea(value);
        int between = elementwise(SQUARE, sub(areaMean, mean(over, value)));
        return switch (over) {
            case WH -> within;
            case BWH ->
                extent(areaMean) == Extent.SAMPLE_CHANNEL
                        ? meanOfSampleChannels(over, add(within, between))
                        : constant(0);
            case WHC, WHCG ->
                extent(areaMean) == Extent.CONSTANT ? constant(0) : meanOfSampleChannels(over, add(within, between));
            case C -> throw new AssertionError(over);
        };
    }

    /** sqrt(value + eps) */
    int root(int value) {
        return elementwise(ROOT, value);
    }

    /**
     * A derivative reduced by means to the extent of the value that it belongs to. Derivatives are kept as fields over
     * all positions; over dimensions in which the value is constant, only the mean of the field counts.
     */
    int project(int derivative, Extent extent) {
        int projected = derivative;
        if (extent == Extent.PIXEL) {
            return meanOverChannels(projected);
        }
        if (!small(projected) && extent.isSmall()) {
            projected = meanOverArea(projected);
        }
        if (extent(projected) == Extent.SAMPLE_CHANNEL && extent.compareTo(Extent.SAMPLE_CHANNEL) < 0) {
            projected = meanOfSampleChannels(IndexSet.BWH, projected);
        }
        return projected;
    }

    private int meanOverArea(int value) {
        if (small(value)) {
            return value;
        }
        Instruction instruction = instructions.get(value);
        return switch (instruction.operation()) {
            case NEG -> neg(meanOverArea(instruction.input(0)));
            case MUL ->
                isScaled(value)
                        ? mul(meanOverArea(instruction.input(0)), instruction.input(1))
                        : unary(MEAN_WH, value, Extent.SAMPLE_CHANNEL);
            default -> unary(MEAN_WH, value, Extent.SAMPLE_CHANNEL);
        };
    }

    /** The mean over all channels; factors per pixel, of which the mean needs no channel, come after it. */
    private int meanOverChannels(int value) {
        if (extent(value) != Extent.TENSOR) {
            return isPixel(value) ? value : meanOfSampleChannels(IndexSet.C, value);
        }
        return switch (instructions.get(value).operation()) {
            case NEG -> neg(meanOverChannels(inputOf(value, 0)));
            case MUL -> meanOfProduct(value, inputOf(value, 0), inputOf(value, 1));
            default -> unary(PIXEL_MEAN, value, Extent.PIXEL);
        };
    }

    private int meanOfProduct(int product, int a, int b) {
        if (isPixel(b) || extent(b) == Extent.CONSTANT) {
            return mul(meanOverChannels(a), b);
        }
        if (isPixel(a)) {
            return mul(a, meanOverChannels(b));
        }
        if (small(b) && isScaledByPixel(a)) {
            return mul(meanOverChannels(mul(inputOf(a, 0), b)), inputOf(a, 1));
        }
        return unary(PIXEL_MEAN, product, Extent.PIXEL);
    }

    private int meanOfSampleChannels(IndexSet over, int value) {
        Extent extent = extent(value);
        return switch (over) {
            case WH -> value;
            case BWH -> extent == Extent.SAMPLE_CHANNEL ? unary(MEAN_B, value, Extent.CHANNEL) : value;
            case WHC, C -> extent == Extent.CONSTANT ? value : unary(MEAN_C, value, extent);
            case WHCG ->
                extent == Extent.CONSTANT
                        ? value
                        : intern(new Instruction(MEAN_G, List.of(value), groups.code(), extent));
        };
    }

    private int unary(Operation operation, int value, Extent extent) {
        return intern(new Instruction(operation, List.of(value), 0, extent));
    }

    private int commutative(Operation operation, int a, int b) {
        return elementwise(operation, Math.min(a, b), Math.max(a, b));
    }

    private int intern(Instruction instruction) {
        return indices.computeIfAbsent(instruction, added -> {
            instructions.add(added);
            return instructions.size() - 1;
        });
    }

    private boolean small(int value) {
        return extent(value).isSmall();
    }

    private boolean isPixel(int value) {
        return extent(value) == Extent.PIXEL;
    }

    private boolean is(int value, Operation operation) {
        return instructions.get(value).operation() == operation;
    }

    private boolean isConstant(int value, double number) {
        return is(value, CONSTANT) && instructions.get(value).argument() == number;
    }

    private int inputOf(int value, int position) {
        return instructions.get(value).input(position);
    }
}
