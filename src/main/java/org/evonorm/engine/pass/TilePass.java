package org.evonorm.engine.pass;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * One pass over the pixels of a sample [H, W, C], tile by tile: load, compute in registers, reduce, store. A pass is
 * the unit that back ends compile or interpret. Values for later passes over the same sample are stored in
 * <em>spills</em>; each spill has room for all pixels of a sample.
 *
 * @param registers  number of registers
 * @param loads      tensors that are read into registers at the start of each tile
 * @param reloads    spills of earlier passes that are read into registers
 * @param broadcasts small values, repeated in registers of their own for the whole pass
 * @param steps      elementwise operations, in order
 * @param reductions means and variances over (w, h), after the steps
 * @param stores     registers that are written to tensors or spills, after the steps
 */
public record TilePass(
        int registers,
        List<Load> loads,
        List<Reload> reloads,
        List<Broadcast> broadcasts,
        List<Step> steps,
        List<Reduction> reductions,
        List<Store> stores) {

    /** Reads a tensor leaf: {@link Operation#X}, {@link Operation#FROZEN_X} or {@link Operation#DY}. */
    public record Load(Operation tensor, int register) {}

    /** Reads the spill with this number, which an earlier pass over the sample stored. */
    public record Reload(int spill, int register) {}

    /**
     * Fills a register with a small value, [C] or one sample's row of [B, C].
     *
     * @param value  index of its instruction
     * @param extent the dimensions over which the value varies
     */
    public record Broadcast(int value, int register, Extent extent) {

        /** Whether the value is a sample-channel value, which differs between samples. */
        public boolean perSample() {
            return extent == Extent.SAMPLE_CHANNEL;
        }

        /** Whether the value is the same at all channels. */
        public boolean isConstant() {
            return extent == Extent.CONSTANT;
        }
    }

    /** {@code out = operation(a, b, c)}, all registers. Operands that the operation does not take repeat {@code a}. */
    public record Step(TileOperation operation, int out, int a, int b, int c) {

        /** The registers that the operation reads. */
        List<Integer> operands() {
            return List.of(a, b, c).subList(0, operation.operands());
        }
    }

    /**
     * Mean and variance over (w, h) of register {@code a}, or the mean of the product of registers {@code a} and
     * {@code b}.
     *
     * @param b        absent where register {@code a} itself is reduced
     * @param mean     index of the instruction of the mean, if the mean is needed
     * @param variance index of the instruction of the variance, if the variance is needed
     */
    public record Reduction(int a, OptionalInt b, OptionalInt mean, OptionalInt variance) {}

    /** Writes a register to a tensor, or to the spill with this number. */
    public record Store(int register, Target target, OptionalInt spill) {}

    /** Destinations of stores. */
    public enum Target {
        OUTPUT,
        INPUT_DERIVATIVE,
        SPILL
    }

    /**
     * The pass that computes reductions and stores values.
     *
     * @param reductions indices of reduction instructions
     * @param stores     destinations of tensor values, by index of the instruction
     * @param spills     values that the pass reloads and spills
     */
    static TilePass of(
            Program program, List<Integer> reductions, Map<Integer, Target> stores, PassSpills.OfPass spills) {
        return new Builder(program, reductions, stores, spills).build();
    }

    /** One more than the highest number of a spill that the pass reads or writes; 0 without spills. */
    public int spills() {
        return IntStream.concat(
                        reloads.stream().mapToInt(Reload::spill),
                        stores.stream().flatMapToInt(store -> store.spill().stream()))
                .map(spill -> spill + 1)
                .max()
                .orElse(0);
    }

    /** Whether the pass takes means over the channels of each pixel. */
    public boolean hasPixelMeans() {
        return steps.stream().anyMatch(step -> step.operation().isPixelMean());
    }

    /** Whether the pass writes the derivative with respect to the layer's input. */
    public boolean writesInputDerivative() {
        return stores.stream().anyMatch(store -> store.target() == Target.INPUT_DERIVATIVE);
    }

    private static final class Builder {
        private final Program program;
        private final Map<Integer, Target> stores;
        private final PassSpills.OfPass spills;
        /** By reduced value, its reduction instructions. */
        private final Map<Integer, List<Integer>> reduced = new LinkedHashMap<>();
        /** By value, the number of steps, reductions and stores of this pass that read it. */
        private final Map<Integer, Integer> uses = new HashMap<>();

        private final TreeSet<Integer> values = new TreeSet<>();
        /** Products without a step of their own, since their only reader multiplies as well. */
        private final BitSet folded = new BitSet();

        private final Map<Integer, Integer> registerOf = new HashMap<>();
        private final Deque<Integer> free = new ArrayDeque<>();
        private int registers;
        private final List<Load> loads = new ArrayList<>();
        private final List<Reload> reloads = new ArrayList<>();
        private final List<Broadcast> broadcasts = new ArrayList<>();
        private final List<Step> steps = new ArrayList<>();

        Builder(Program program, List<Integer> reductions, Map<Integer, Target> stores, PassSpills.OfPass spills) {
            this.program = program;
            this.stores = stores;
            this.spills = spills;
            for (int reduction : reductions) {
                reduced.computeIfAbsent(program.at(reduction).input(0), absent -> new ArrayList<>())
                        .add(reduction);
            }
            reduced.keySet().forEach(this::use);
            stores.keySet().forEach(this::use);
            // Spilled and reloaded values count one read more, so that their registers are never reused. A spilled
            // value must last up to its store; the register of a reloaded value may be the memory of the spill.
            spills.in().keySet().forEach(this::use);
            spills.out().keySet().forEach(this::use);
            Map<Integer, Integer> readers = readers();
            values.stream().filter(value -> canFold(value, readers)).forEach(folded::set);
        }

        /** Counts a read of a value and, at the first one, the reads that computing it takes. */
        private void use(int root) {
            // Not by recursion, since programs of a thousand nodes are deep.
            Deque<Integer> read = new ArrayDeque<>(List.of(root));
            while (!read.isEmpty()) {
                int value = read.pop();
                if (uses.merge(value, 1, Integer::sum) == 1 && values.add(value) && isComputed(value)) {
                    program.at(value).inputs().forEach(read::push);
                }
            }
        }

        /** By value, the first step of this pass that reads it. */
        private Map<Integer, Integer> readers() {
            Map<Integer, Integer> readers = new HashMap<>();
            for (int reader : values) {
                if (isComputed(reader)) {
                    program.at(reader).inputs().forEach(value -> readers.putIfAbsent(value, reader));
                }
            }
            return readers;
        }

        TilePass build() {
            // Broadcasts and loads first: no other value may have had their registers before.
            for (int value : values) {
                Instruction instruction = program.at(value);
                if (instruction.extent().isSmall()) {
                    broadcasts.add(new Broadcast(value, allocate(value), instruction.extent()));
                } else if (spills.in().containsKey(value)) {
                    reloads.add(new Reload(spills.in().get(value), allocate(value)));
                } else if (isLeaf(value)) {
                    loads.add(new Load(instruction.operation(), allocate(value)));
                }
            }
            for (int value : values) {
                if (isComputed(value) && !folded.get(value)) {
                    emit(value);
                }
            }
            List<Reduction> reductions = new ArrayList<>();
            reduced.forEach((value, instructions) -> reductions.add(reduction(value, instructions)));
            List<Store> stored = new ArrayList<>();
            stores.forEach(
                    (value, target) -> stored.add(new Store(registerOf.get(value), target, OptionalInt.empty())));
            spills.out()
                    .forEach((value, spill) ->
                            stored.add(new Store(registerOf.get(value), Target.SPILL, OptionalInt.of(spill))));
            return new TilePass(registers, loads, reloads, broadcasts, steps, reductions, stored);
        }

        /** Whether steps of this pass compute the value. */
        private boolean isComputed(int value) {
            return !program.at(value).extent().isSmall()
                    && !isLeaf(value)
                    && !spills.in().containsKey(value);
        }

        private boolean isLeaf(int value) {
            return program.at(value).operation().kind() == Operation.Kind.LEAF;
        }

        private void emit(int value) {
            Instruction instruction = program.at(value);
            Operation operation = instruction.operation();
            if (operation == Operation.ADD) {
                for (int product = 0; product < 2; product++) {
                    if (folded.get(instruction.input(product))) {
                        emitFused(
                                TileOperation.MULTIPLY_ADD,
                                value,
                                instruction.input(product),
                                instruction.input(1 - product));
                        return;
                    }
                }
            } else if (operation == Operation.SUB && folded.get(instruction.input(1))) {
                emitFused(TileOperation.SUBTRACT_PRODUCT, value, instruction.input(1), instruction.input(0));
                return;
            } else if (operation == Operation.SUB && folded.get(instruction.input(0))) {
                emitFused(TileOperation.MULTIPLY_SUBTRACT, value, instruction.input(0), instruction.input(1));
                return;
            }
            if (operation == Operation.PIXEL_MEAN && folded.get(instruction.input(0))) {
                emitMeanOfProduct(value, instruction.input(0));
                return;
            }
            emitStep(TileOperation.of(operation), value, instruction.inputs());
        }

        private void emitFused(TileOperation operation, int value, int product, int addend) {
            List<Integer> factors = factors(product);
            int a = registerOf.get(factors.get(0));
            int b = registerOf.get(factors.get(1));
            int c = registerOf.get(addend);
            program.at(product).inputs().forEach(this::release);
            release(addend);
            steps.add(new Step(operation, allocate(value), a, b, c));
        }

        private void emitMeanOfProduct(int value, int product) {
            List<Integer> factors = factors(product);
            int a = registerOf.get(factors.get(0));
            int b = registerOf.get(factors.get(1));
            program.at(product).inputs().forEach(this::release);
            steps.add(new Step(TileOperation.PIXEL_MEAN_OF_PRODUCT, allocate(value), a, b, a));
        }

        private void emitStep(TileOperation operation, int value, List<Integer> inputs) {
            int a = registerOf.get(inputs.get(0));
            int b = inputs.size() > 1 ? registerOf.get(inputs.get(1)) : a;
            int c = inputs.size() > 2 ? registerOf.get(inputs.get(2)) : a;
            inputs.forEach(this::release);
            steps.add(new Step(operation, allocate(value), a, b, c));
        }

        private Reduction reduction(int value, List<Integer> instructions) {
            OptionalInt mean = find(instructions, Operation.MEAN_WH);
            OptionalInt variance = find(instructions, Operation.VARIANCE_WH);
            if (folded.get(value)) {
                List<Integer> factors = factors(value);
                return new Reduction(
                        registerOf.get(factors.get(0)), OptionalInt.of(registerOf.get(factors.get(1))), mean, variance);
            }
            return new Reduction(registerOf.get(value), OptionalInt.empty(), mean, variance);
        }

        private OptionalInt find(List<Integer> instructions, Operation operation) {
            return instructions.stream()
                    .mapToInt(Integer::intValue)
                    .filter(instruction -> program.at(instruction).operation() == operation)
                    .findFirst();
        }

        private boolean canFold(int value, Map<Integer, Integer> readers) {
            Instruction product = program.at(value);
            if ((product.operation() != Operation.MUL && product.operation() != Operation.SQUARE)
                    || product.extent().isSmall()
                    || uses.get(value) != 1
                    || stores.containsKey(value)) {
                return false;
            }
            if (reduced.containsKey(value)) {
                return find(reduced.get(value), Operation.VARIANCE_WH).isEmpty();
            }
            Instruction sum = program.at(readers.get(value));
            if (sum.operation() == Operation.PIXEL_MEAN) {
                return true;
            }
            if (sum.operation() != Operation.ADD && sum.operation() != Operation.SUB) {
                return false;
            }
            // A sum of two products folds one of them.
            return !folded.get(sum.input(sum.input(0) == value ? 1 : 0));
        }

        private List<Integer> factors(int product) {
            Instruction instruction = program.at(product);
            return List.of(
                    instruction.input(0), instruction.input(instruction.inputs().size() - 1));
        }

        private int allocate(int value) {
            int register = free.isEmpty() ? registers++ : free.pop();
            registerOf.put(value, register);
            return register;
        }

        /** Counts one read of a value by a step, and frees its register after the last read. */
        private void release(int value) {
            if (uses.merge(value, -1, Integer::sum) == 0
                    && !program.at(value).extent().isSmall()) {
                free.push(registerOf.get(value));
            }
        }
    }
}
