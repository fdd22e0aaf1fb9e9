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
 * One pass over a sample's pixels, piece by piece: load, compute in registers, reduce, store. What a later pass over the same
 * sample takes up is left in <em>spills</em>, which have room for all of a sample's pixels.
 *
 * @param registers  number of registers
 * @param loads      tensors read into registers at the start of each piece
 * @param reloads    values that an earlier pass left in spills
 * @param broadcasts small values that stand repeated in registers of their own for the whole pass
 * @param steps      elementwise operations in order
 */
public record TilePass(
        int registers,
        List<Load> loads,
        List<Reload> reloads,
        List<Broadcast> broadcasts,
        List<Step> steps,
        List<Reduction> reductions,
        List<Store> stores) {

    /** Reads a leaf that is a tensor: {@link Operation#X}, {@link Operation#FROZEN_X} or {@link Operation#DY}. */
    public record Load(Operation tensor, int register) {}

    /** A register whose tiles are those of a spill. */
    public record Reload(int spill, int register) {}

    /** A small value, by its instruction; whether it changes from sample to sample. */
    public record Broadcast(int value, int register, boolean perSample) {}

    /** {@code out = operation(a, b, c)}, all registers; operands beyond the operation's own repeat {@code a}. */
    public record Step(TileOperation operation, int out, int a, int b, int c) {

        /** The registers that the operation reads. */
        List<Integer> operands() {
            return List.of(a, b, c).subList(0, operation.operands());
        }
    }

    /** Mean and variance over (w, h) of register {@code a}, or the mean of the product of {@code a} and {@code b}. */
    public record Reduction(int a, OptionalInt b, OptionalInt mean, OptionalInt variance) {}

    /** Writes a register to a tensor, or to a spill. */
    public record Store(int register, Target target, OptionalInt spill) {}

    /** Where passes write. */
    public enum Target {
        OUTPUT,
        INPUT_DERIVATIVE,
        SPILL
    }

    /**
     * The pass that computes these reductions (instructions) and stores these values.
     *
     * @param spills by value, the spills of what the pass takes up from earlier ones and leaves for later ones
     */
    static TilePass of(
            Program program, List<Integer> reductions, Map<Integer, Target> stores, PassSpills.OfPass spills) {
        return new Builder(program, reductions, stores, spills).build();
    }

    /** Number of spills up to the last one that the pass reads or writes. */
    public int spills() {
        return IntStream.concat(
                        reloads.stream().mapToInt(Reload::spill),
                        stores.stream().flatMapToInt(store -> store.spill().stream()))
                .map(spill -> spill + 1)
                .max()
                .orElse(0);
    }

    /** Whether the derivative with respect to the layer's input is among what the pass writes. */
    public boolean writesInputDerivative() {
        return stores.stream().anyMatch(store -> store.target() == Target.INPUT_DERIVATIVE);
    }

    private static final class Builder {
        private final Program program;
        private final Map<Integer, Target> stores;
        private final PassSpills.OfPass spills;
        /** Reduced value → its reduction instructions. */
        private final Map<Integer, List<Integer>> reduced = new LinkedHashMap<>();
        /** How many steps, reductions and stores read each value in this pass. */
        private final Map<Integer, Integer> uses = new HashMap<>();

        private final TreeSet<Integer> values = new TreeSet<>();
        /** Products that have no step of their own, since their one reader multiplies as well. */
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
            // What lies in a spill is read once more, by a later pass, so that its register is never freed.
            spills.in().keySet().forEach(this::use);
            spills.out().keySet().forEach(this::use);
            values.stream().filter(this::canFold).forEach(folded::set);
        }

        private void use(int value) {
            if (uses.merge(value, 1, Integer::sum) == 1 && values.add(value) && isComputed(value)) {
                program.at(value).inputs().forEach(this::use);
            }
        }

        TilePass build() {
            // Broadcasts and loads first: their registers must not be anybody's before.
            for (int value : values) {
                Instruction instruction = program.at(value);
                if (instruction.extent().isSmall()) {
                    broadcasts.add(
                            new Broadcast(value, allocate(value), instruction.extent() == Extent.SAMPLE_CHANNEL));
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
            return program.at(value).extent() == Extent.TENSOR
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

        private boolean canFold(int value) {
            Instruction product = program.at(value);
            if (product.operation() != Operation.MUL && product.operation() != Operation.SQUARE
                    || product.extent().isSmall()
                    || uses.get(value) != 1
                    || stores.containsKey(value)) {
                return false;
            }
            if (reduced.containsKey(value)) {
                return find(reduced.get(value), Operation.VARIANCE_WH).isEmpty();
            }
            int reader = values.stream()
                    .filter(later -> later > value
                            && isComputed(later)
                            && program.at(later).inputs().contains(value))
                    .findFirst()
                    .orElseThrow();
            Instruction sum = program.at(reader);
            if (sum.operation() != Operation.ADD && sum.operation() != Operation.SUB) {
                return false;
            }
            // Of two products only one is folded.
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

        /** Counts a step's read of a value, and frees its register after the last. */
        private void release(int value) {
            if (uses.merge(value, -1, Integer::sum) == 0
                    && !program.at(value).extent().isSmall()) {
                free.push(registerOf.get(value));
            }
        }
    }
}
