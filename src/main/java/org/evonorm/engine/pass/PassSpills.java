package org.evonorm.engine.pass;

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
import org.evonorm.program.Program;

/**
 * Which values the passes over one sample hand on to each other. While it is in the caches, writing a value and reading it
 * again costs little: so the passes of a stage compute an exponential, a logarithm and the like once.
 */
final class PassSpills {

    /** Computing these takes longer than writing the value and reading it again: some forty operations on vectors each. */
    private static final Set<Operation> COSTLY =
            EnumSet.of(Operation.EXP, Operation.TANH, Operation.SIGMOID, Operation.LOG);

    /**
     * What one pass has to do with spills, by value.
     *
     * @param in  what it takes up
     * @param out what it leaves
     */
    record OfPass(Map<Integer, Integer> in, Map<Integer, Integer> out) {}

    private final Program program;
    private final List<OfPass> passes = new ArrayList<>();
    /** The pass that loads or computes a value. */
    private final Map<Integer, Integer> origin = new HashMap<>();

    private final Map<Integer, Integer> spills = new HashMap<>();

    private PassSpills(Program program) {
        this.program = program;
    }

    /**
     * The spills of the passes that follow one another on a sample.
     *
     * @param roots by pass, the values that it reduces or stores
     */
    static List<OfPass> of(Program program, List<? extends Collection<Integer>> roots) {
        PassSpills spills = new PassSpills(program);
        roots.forEach(spills::add);
        return spills.passes;
    }

    private void add(Collection<Integer> roots) {
        int pass = passes.size();
        passes.add(new OfPass(new TreeMap<>(), new TreeMap<>()));
        TreeSet<Integer> open = new TreeSet<>(roots);
        while (!open.isEmpty()) {
            int value = open.pollLast();
            Instruction instruction = program.at(value);
            if (instruction.extent() != Extent.TENSOR) {
                continue;
            }
            if (COSTLY.contains(instruction.operation()) && origin.getOrDefault(value, pass) < pass) {
                spill(value, pass);
            } else {
                origin.put(value, pass);
                open.addAll(instruction.inputs());
            }
        }
    }

    private void spill(int value, int pass) {
        spills.putIfAbsent(value, spills.size());
        int spill = spills.get(value);
        passes.get(pass).in().put(value, spill);
        passes.get(origin.get(value)).out().put(value, spill);
    }
}
