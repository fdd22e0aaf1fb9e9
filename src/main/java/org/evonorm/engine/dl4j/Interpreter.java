package org.evonorm.engine.dl4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Interpreter of programs: computes values by ND4J operations, on the device where ND4J keeps its arrays. A tensor
 * [B, C, H, W] is a matrix [B · C, H · W] here, a pixel value [B, H · W], a sample-channel value [B, C], a channel vector
 * [1, C] and a constant [1, 1]; ND4J broadcasts the smaller operand. No array is kept between runs.
 */
final class Interpreter {

    private final Program program;
    private final List<Integer> steps;
    /** Last instruction that reads each value. */
    private final int[] lastUse;

    /** An interpreter that computes these values, and only the instructions that they depend on. */
    Interpreter(Program program, Collection<Integer> roots) {
        this.program = program;
        int count = program.instructions().size();
        this.lastUse = new int[count];
        BitSet needed = new BitSet(count);
        roots.forEach(needed::set);
        for (int value = count - 1; value >= 0; value--) {
            if (needed.get(value)) {
                for (int input : program.at(value).inputs()) {
                    needed.set(input);
                    lastUse[input] = Math.max(lastUse[input], value);
                }
            }
        }
        roots.forEach(root -> lastUse[root] = count);
        this.steps = needed.stream().boxed().toList();
    }

    /** Computes the values; the leaves are tensors as matrices, and all other leaves rows [1, C]. */
    Values run(Sizes sizes, Leaves leaves) {
        Run run = new Run(sizes, leaves);
        steps.forEach(run::compute);
        return new Values(program, sizes, run.values);
    }

    /** Source of the arrays of a program's leaves. */
    interface Leaves {
        /** The array of a leaf other than a constant; {@code argument} is the number of a running statistic. */
        INDArray array(Operation leaf, int argument);
    }

    /**
     * Sizes of a tensor [B, C, H, W].
     *
     * @param batch    B
     * @param channels C
     * @param area     H · W
     */
    record Sizes(long batch, long channels, long area) {

        long[] shape(Extent extent) {
            return switch (extent) {
                case TENSOR -> new long[] {batch * channels, area};
                case PIXEL -> new long[] {batch, area};
                case SAMPLE_CHANNEL -> new long[] {batch, channels};
                case CHANNEL -> new long[] {1, channels};
                case CONSTANT -> new long[] {1, 1};
            };
        }

        /**
         * Broadcasts a value to the form of an operand beside tensors: a column [B · C, 1], or a pixel value to a
         * matrix.
         */
        INDArray column(INDArray small, Extent extent) {
            return switch (extent) {
                case TENSOR -> small;
                case PIXEL ->
                    small.reshape('c', batch, 1, area)
                            .broadcast(batch, channels, area)
                            .reshape('c', batch * channels, area);
                case CONSTANT -> small.broadcast(batch * channels, 1);
                case SAMPLE_CHANNEL -> small.reshape('c', batch * channels, 1);
                case CHANNEL -> small.broadcast(batch, channels).reshape('c', batch * channels, 1);
            };
        }
    }

    /** The values of a run. */
    record Values(Program program, Sizes sizes, INDArray[] arrays) {

        /** Writes a value to {@code target}, which has the shape of {@code extent}; smaller values are broadcast. */
        void copy(int value, INDArray target, Extent extent) {
            INDArray array = arrays[value];
            Extent own = program.at(value).extent();
            if (own == extent) {
                target.assign(array);
            } else {
                target.assign(0).addi(extent == Extent.TENSOR ? sizes.column(array, own) : array);
            }
        }
    }

    private final class Run {
        private final Sizes sizes;
        private final Leaves leaves;
        private final INDArray[] values = new INDArray[program.instructions().size()];
        private final Map<Integer, INDArray> columns = new HashMap<>();
        /** Matrices to use again: every instruction that reads their values is done. */
        private final Deque<INDArray> free = new ArrayDeque<>();

        Run(Sizes sizes, Leaves leaves) {
            this.sizes = sizes;
            this.leaves = leaves;
        }

        void compute(int value) {
            Instruction instruction = program.at(value);
            values[value] = switch (instruction.operation().kind()) {
                case LEAF -> leaf(instruction);
                case ELEMENTWISE -> elementwise(instruction);
                case REDUCTION -> reduction(instruction.operation(), instruction.input(0));
                case PIXEL -> pixelMean(values[instruction.input(0)]);
                case SMALL -> small(instruction, values[instruction.input(0)]);
            };
            instruction.inputs().stream().distinct().forEach(input -> release(input, value));
        }

        private void release(int input, int step) {
            boolean computed = program.at(input).operation().kind() != Operation.Kind.LEAF;
            if (computed && lastUse[input] == step && program.at(input).extent() == Extent.TENSOR) {
                free.push(values[input]);
                values[input] = null;
            }
        }

        private INDArray leaf(Instruction instruction) {
            return instruction.operation() == Operation.CONSTANT
                    ? Nd4j.scalar(DataType.FLOAT, instruction.argument()).reshape(1, 1)
                    : leaves.array(instruction.operation(), (int) instruction.argument());
        }

        private INDArray elementwise(Instruction instruction) {
            Extent extent = instruction.extent();
            List<INDArray> operands = new ArrayList<>();
            for (int input : instruction.inputs()) {
                operands.add(extent == Extent.TENSOR ? column(input) : values[input]);
            }
            INDArray out = uninitialized(extent);
            INDArray a = operands.get(0);
            switch (operands.size()) {
                case 1 -> unary(instruction.operation(), a, out, extent);
                case 2 -> binary(instruction, a, operands.get(1), out);
                default ->
                    Elementary.gate(
                            instruction.operation() == Operation.GATE_LESS, a, operands.get(1), operands.get(2), out);
            }
            return out;
        }

        private void unary(Operation operation, INDArray a, INDArray out, Extent extent) {
            if (operation == Operation.LOG || operation == Operation.SQRT) {
                INDArray sign = uninitialized(extent);
                Elementary.sign(a, sign);
                Elementary.unary(operation, a, out);
                out.muli(sign);
                free(sign, extent);
            } else {
                Elementary.unary(operation, a, out);
            }
        }

        private void binary(Instruction instruction, INDArray a, INDArray b, INDArray out) {
            switch (instruction.operation()) {
                case ADD -> a.add(b, out);
                case SUB -> a.sub(b, out);
                case MUL -> a.mul(b, out);
                case MAX -> Elementary.max(a, b, out);
                default -> throw new AssertionError(instruction);
            }
        }

        private INDArray column(int value) {
            Extent extent = program.at(value).extent();
            return extent == Extent.TENSOR
                    ? values[value]
                    : columns.computeIfAbsent(value, absent -> sizes.column(values[value], extent));
        }

        /** An array with arbitrary content, reused if it is a matrix. */
        private INDArray uninitialized(Extent extent) {
            return extent == Extent.TENSOR && !free.isEmpty()
                    ? free.pop()
                    : Nd4j.createUninitialized(DataType.FLOAT, sizes.shape(extent), 'c');
        }

        private void free(INDArray array, Extent extent) {
            if (extent == Extent.TENSOR) {
                free.push(array);
            }
        }

        private INDArray reduction(Operation operation, int input) {
            INDArray values = this.values[input];
            Extent extent = program.at(input).extent();
            INDArray mean = values.mean(true, 1);
            if (operation == Operation.VARIANCE_WH) {
                INDArray distance = uninitialized(extent);
                values.sub(mean, distance);
                distance.muli(distance);
                mean = distance.mean(true, 1);
                free(distance, extent);
            }
            return extent == Extent.TENSOR
                    ? mean.reshape('c', sizes.batch(), sizes.channels())
                    : mean.broadcast(sizes.batch(), sizes.channels());
        }

        private INDArray pixelMean(INDArray tensor) {
            return tensor.reshape('c', sizes.batch(), sizes.channels(), sizes.area())
                    .mean(false, 1);
        }

        private INDArray small(Instruction instruction, INDArray a) {
            if (instruction.operation() == Operation.MEAN_B) {
                return a.mean(true, 0);
            }
            long groupSize = instruction.operation() == Operation.MEAN_C
                    ? sizes.channels()
                    : instruction.groups().size((int) sizes.channels());
            long groups = a.length() / groupSize;
            return a.reshape('c', groups, groupSize)
                    .mean(true, 1)
                    .broadcast(groups, groupSize)
                    .reshape('c', a.shape());
        }
    }
}
