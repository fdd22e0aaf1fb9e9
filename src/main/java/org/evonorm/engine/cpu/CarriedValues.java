package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;
import org.evonorm.program.Programme;

/**
 * Which values the passes over one sample hand on to each other. While it is in the caches, writing a value and reading it
 * again costs little: so the passes of a stage compute an exponential, a logarithm and the like once.
 */
final class CarriedValues {

    /** Computing these takes longer than writing the value and reading it again: some forty operations on vectors each. */
    private static final Set<Operation> COSTLY =
            EnumSet.of(Operation.EXP, Operation.TANH, Operation.SIGMOID, Operation.LOG);

    /**
     * What one pass has to do with slots, by value.
     *
     * @param in  what it takes up
     * @param out what it leaves
     */
    record Slots(Map<Integer, Integer> in, Map<Integer, Integer> out) {}

    private final Programme programme;
    private final List<Slots> passes = new ArrayList<>();
    /** The pass that loads or computes a value. */
    private final Map<Integer, Integer> origin = new HashMap<>();
    private final Map<Integer, Integer> slots = new HashMap<>();

    private CarriedValues(Programme programme) {
        this.programme = programme;
    }

    /**
     * The slots of the passes that follow one another on a sample.
     *
     * @param roots by pass, the values that it reduces or stores
     */
    static List<Slots> of(Programme programme, List<? extends Collection<Integer>> roots) {
        CarriedValues carried = new CarriedValues(programme);
        roots.forEach(carried::add);
        return carried.passes;
    }

    private void add(Collection<Integer> roots) {
        int pass = passes.size();
        passes.add(new Slots(new TreeMap<>(), new TreeMap<>()));
        TreeSet<Integer> open = new TreeSet<>(roots);
        while (!open.isEmpty()) {
            int value = open.pollLast();
            Instruction instruction = programme.at(value);
            if (instruction.extent() != Extent.TENSOR) {
                continue;
            }
            if (COSTLY.contains(instruction.operation()) && origin.getOrDefault(value, pass) < pass) {
                carry(value, pass);
            } else {
                origin.put(value, pass);
                open.addAll(instruction.inputs());
            }
        }
    }

    private void carry(int value, int pass) {
        slots.putIfAbsent(value, slots.size());
        int slot = slots.get(value);
        passes.get(pass).in().put(value, slot);
        passes.get(origin.get(value)).out().put(value, slot);
    }
}
