package org.evonorm.program;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.TensorShape;

/**
 * The values of a program in float64, straight from the definitions of its operations. Takes extents at their word:
 * an instruction gets one value for each of the positions that its extent has, whatever its inputs would need.
 */
final class Interpretation {

    private static final double EPS = LayerGraph.EPSILON;

    /** What leaves hold: constants aside, one value for each position of the leaf's extent. */
    interface Leaves {
        /** The values of a leaf; {@code argument} tells averages apart. */
        double[] of(Operation leaf, int argument);
    }

    private final List<Instruction> instructions;
    private final TensorShape shape;
    private final double[][] values;

    private Interpretation(List<Instruction> instructions, TensorShape shape) {
        this.instructions = instructions;
        this.shape = shape;
        this.values = new double[instructions.size()][];
    }

    static Interpretation of(List<Instruction> instructions, TensorShape shape, Leaves leaves) {
        Interpretation interpretation = new Interpretation(instructions, shape);
        for (int index = 0; index < instructions.size(); index++) {
            interpretation.values[index] = interpretation.compute(instructions.get(index), leaves);
        }
        return interpretation;
    }

    /** A value at all positions of [B, H, W, C]. */
    double[] tensor(int index) {
        double[] tensor = new double[shape.size()];
        Arrays.setAll(tensor, position -> at(index, position));
        return tensor;
    }

    /** A value of channels at most, at each channel. */
    double[] channels(int index) {
        if (instructions.get(index).extent().compareTo(Extent.CHANNEL) > 0) {
            throw new AssertionError(instructions.get(index) + " is no channel vector");
        }
        double[] channels = new double[shape.channels()];
        Arrays.setAll(channels, channel -> at(index, channel));
        return channels;
    }

    static int count(Extent extent, TensorShape shape) {
        return switch (extent) {
            case CONSTANT -> 1;
            case CHANNEL -> shape.channels();
            case SAMPLE_CHANNEL -> shape.batch() * shape.channels();
            case PIXEL -> shape.size() / shape.channels();
            case TENSOR -> shape.size();
        };
    }

    private double at(int index, int position) {
        Extent extent = instructions.get(index).extent();
        int channel = position % shape.channels();
        return values[index][
                switch (extent) {
                    case CONSTANT -> 0;
                    case CHANNEL -> channel;
                    case SAMPLE_CHANNEL -> sampleOf(position) * shape.channels() + channel;
                    case PIXEL -> position / shape.channels();
                    case TENSOR -> position;
                }];
    }

    private int sampleOf(int position) {
        return position / (shape.size() / shape.batch());
    }

    /** One of the positions in a tensor that value number {@code element} of an extent stands for. */
    private int position(Extent extent, int element) {
        return switch (extent) {
            case SAMPLE_CHANNEL ->
                element / shape.channels() * (shape.size() / shape.batch()) + element % shape.channels();
            case PIXEL -> element * shape.channels();
            case CONSTANT, CHANNEL, TENSOR -> element;
        };
    }

    private double[] compute(Instruction instruction, Leaves leaves) {
        double[] result = new double[count(instruction.extent(), shape)];
        switch (instruction.operation().kind()) {
            case LEAF -> leaf(instruction, leaves, result);
            case ELEMENTWISE ->
                Arrays.setAll(result, element -> elementwise(instruction, position(instruction.extent(), element)));
            case REDUCTION -> {
                demand(instruction, Set.of(Extent.TENSOR, Extent.PIXEL), Extent.SAMPLE_CHANNEL);
                Arrays.setAll(result, element -> overArea(instruction, element));
            }
            case PIXEL -> {
                demand(instruction, Set.of(Extent.TENSOR), Extent.PIXEL);
                Arrays.setAll(result, pixel -> overChannels(values[instruction.input(0)], pixel));
            }
            case SMALL -> small(instruction, result);
            default -> throw new AssertionError(instruction);
        }
        return result;
    }

    private static void leaf(Instruction instruction, Leaves leaves, double[] result) {
        if (instruction.operation() == Operation.CONSTANT) {
            result[0] = instruction.argument();
        } else {
            double[] given = leaves.of(instruction.operation(), (int) instruction.argument());
            if (given.length != result.length) {
                throw new AssertionError(instruction + " for " + given.length + " values");
            }
            System.arraycopy(given, 0, result, 0, result.length);
        }
    }

    private double elementwise(Instruction instruction, int position) {
        double a = at(instruction.input(0), position);
        return switch (instruction.inputs().size()) {
            case 1 -> unary(instruction.operation()).applyAsDouble(a);
            case 2 -> binary(instruction.operation(), a, at(instruction.input(1), position));
            default -> {
                boolean less = a < at(instruction.input(1), position);
                double c = at(instruction.input(2), position);
                yield (instruction.operation() == Operation.GATE_LESS) == less ? c : 0;
            }
        };
    }

    private static double binary(Operation operation, double a, double b) {
        return switch (operation) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case MAX -> a >= b ? a : b;
            default -> throw new AssertionError(operation);
        };
    }

    private static DoubleUnaryOperator unary(Operation operation) {
        return switch (operation) {
            case NEG -> a -> -a;
            case SQUARE -> a -> a * a;
            case ABS -> Math::abs;
            case EXP -> Math::exp;
            case TANH -> Math::tanh;
            case ERF -> Erf::erf;
            case SIGMOID -> a -> 1 / (1 + Math.exp(-a));
            case LOG -> a -> Math.signum(a) * Math.log(Math.abs(a) + EPS);
            case SQRT -> a -> Math.signum(a) * Math.sqrt(Math.abs(a) + EPS);
            case RECIPROCAL -> a -> 1 / (a < 0 ? a - EPS : a + EPS);
            case ROOT -> a -> Math.sqrt(a + EPS);
            case INVERSE -> a -> 1 / a;
            case SIGN -> Math::signum;
            case LOG_SLOPE -> a -> 1 / (Math.abs(a) + EPS);
            case SQRT_SLOPE -> a -> 0.5 / Math.sqrt(Math.abs(a) + EPS);
            default -> throw new AssertionError(operation);
        };
    }

    private double overArea(Instruction instruction, int plane) {
        int sample = plane / shape.channels();
        int channel = plane % shape.channels();
        int pixels = shape.height() * shape.width();
        double[] tensor = tensor(instruction.input(0));
        double sum = 0;
        for (int pixel = 0; pixel < pixels; pixel++) {
            sum += tensor[(sample * pixels + pixel) * shape.channels() + channel];
        }
        double mean = sum / pixels;
        if (instruction.operation() == Operation.MEAN_WH) {
            return mean;
        }
        double squares = 0;
        for (int pixel = 0; pixel < pixels; pixel++) {
            double distance = tensor[(sample * pixels + pixel) * shape.channels() + channel] - mean;
            squares += distance * distance;
        }
        return squares / pixels;
    }

    private void small(Instruction instruction, double[] result) {
        double[] input = values[instruction.input(0)];
        int channels = shape.channels();
        if (instruction.operation() == Operation.MEAN_B) {
            demand(instruction, Set.of(Extent.SAMPLE_CHANNEL), Extent.CHANNEL);
            for (int element = 0; element < input.length; element++) {
                result[element % channels] += input[element] / shape.batch();
            }
            return;
        }
        if (instruction.extent() != Extent.SAMPLE_CHANNEL) {
            demand(instruction, Set.of(Extent.CHANNEL), Extent.CHANNEL);
        }
        int group = instruction.operation() == Operation.MEAN_C
                ? channels
                : instruction.groups().size(channels);
        for (int element = 0; element < result.length; element++) {
            int first = element - element % channels % group;
            for (int member = first; member < first + group; member++) {
                result[element] += input[member] / group;
            }
        }
    }

    private double overChannels(double[] tensor, int pixel) {
        double sum = 0;
        for (int channel = 0; channel < shape.channels(); channel++) {
            sum += tensor[pixel * shape.channels() + channel];
        }
        return sum / shape.channels();
    }

    private void demand(Instruction instruction, Set<Extent> from, Extent to) {
        if (!from.contains(instructions.get(instruction.input(0)).extent()) || instruction.extent() != to) {
            throw new AssertionError(instruction + " of " + instructions.get(instruction.input(0)));
        }
    }
}
