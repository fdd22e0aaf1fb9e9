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
 * The spills of a stage: tensor values that one pass over a sample stores and later passes over the same sample reload.
 * As long as the sample is in the caches, a store and a reload cost little; hence the passes of a stage compute each
 * exponential, logarithm, tanh, sigmoid and erf once.
 */
final class PassSpills {

    /** Operations of some forty vector operations each, which take longer than a store and a reload of the value. */
    private static final Set<Operation> COSTLY =
            EnumSet.of(Operation.EXP, Operation.TANH, Operation.SIGMOID, Operation.ERF, Operation.LOG);

    /**
     * The reloads and spills of one pass: from a value (an instruction) to the number of its spill.
     *
     * @param in  values that the pass reloads
     * @param out values that the pass spills
     */
    record OfPass(Map<Integer, Integer> in, Map<Integer, Integer> out) {}

    private final Program program;
    private final List<OfPass> passes = new ArrayList<>();
    /** By value, the last pass that loads or computes it; for a costly value the only pass. */
    private final Map<Integer, Integer> origin = new HashMap<>();

    /** By value, the number of its spill. */
    private final Map<Integer, Integer> spills = new HashMap<>();

    private PassSpills(Program program) {
        this.program = program;
    }

    /**
     * The spills of successive passes over one sample.
     *
     * @param roots by pass, the values that the pass reduces or stores
     * @return one element per pass
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
            if (instruction.extent().isSmall()) {
                continue;
            }
            if (isCostly(instruction) && origin.getOrDefault(value, pass) < pass) {
                spill(value, pass);
            } else {
                origin.put(value, pass);
                open.addAll(instruction.inputs());
            }
        }
    }

    /** Whether a value takes longer to compute than to reload; a value per pixel is computed once for all channels. */
    private static boolean isCostly(Instruction instruction) {
        return COSTLY.contains(instruction.operation()) && instruction.extent() == Extent.TENSOR;
    }

    private void spill(int value, int pass) {
        spills.putIfAbsent(value, spills.size());
        int spill = spills.get(value);
        passes.get(pass).in().put(value, spill);
        passes.get(origin.get(value)).out().put(value, spill);
    }
}
