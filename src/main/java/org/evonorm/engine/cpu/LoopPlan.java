package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What one {@link FusedLoop} of a tile pass does. Registers are arrays of a tile only where a value goes from one loop to
 * another; all else stays in variables of the loop.
 *
 * @param pass       the whole pass
 * @param reads      registers whose tiles an earlier loop, or the load of a tensor, has filled
 * @param broadcasts registers of which one row is read
 * @param steps      kernels in order
 * @param writes     registers that a later loop reads
 * @param reductions which of the pass's reductions
 * @param stores     which of the pass's stores
 */
record LoopPlan(TilePass pass, List<Integer> reads, List<Integer> broadcasts, List<TilePass.Step> steps,
                List<Integer> writes, List<Integer> reductions, List<Integer> stores) {

    /**
     * The most vector operations in a loop. The JVM's compiler inlines until it has made so many nodes for a method and
     * then calls what is left, a hundred times slower; about 55 operations are that many.
     */
    static final int MOST_OPERATIONS = 50;
    private static final int OPERATIONS_OF_A_SUM = 2;
    private static final int OPERATIONS_OF_A_VARIANCE = 4;

    /** The loops of a pass, in order: as few as is possible with so many operations each, or with one step. */
    static List<LoopPlan> of(TilePass pass, int mostOperations) {
        List<List<TilePass.Step>> groups = new ArrayList<>();
        int operations = mostOperations;
        for (int i = 0; i < pass.steps().size(); i++) {
            int own = operations(pass, i);
            if (operations + own > mostOperations) {
                groups.add(new ArrayList<>());
                operations = 0;
            }
            groups.get(groups.size() - 1).add(pass.steps().get(i));
            operations += own;
        }
        if (groups.isEmpty()) {
            groups.add(List.of());
        }
        return new Builder(pass, groups).build();
    }

    /** Those of a step itself, one for loading or keeping a value, and those of the reductions that wait for its result. */
    private static int operations(TilePass pass, int step) {
        int operations = 1 + pass.steps().get(step).kernel().vectorOperations();
        for (TilePass.Reduction reduction : pass.reductions()) {
            if (Math.max(lastStep(pass, reduction.a()), lastStep(pass, reduction.b().orElse(reduction.a()))) == step) {
                operations += reduction.variance().isPresent() ? OPERATIONS_OF_A_VARIANCE : OPERATIONS_OF_A_SUM;
            }
        }
        return operations;
    }

    /** The step that gives a register its value at the pass's end, or −1. */
    private static int lastStep(TilePass pass, int register) {
        int last = pass.steps().size() - 1;
        while (last >= 0 && pass.steps().get(last).out() != register) {
            last--;
        }
        return last;
    }

    /** Sorts reads, writes, reductions and stores to the groups of steps that they belong to. */
    private static final class Builder {
        private final TilePass pass;
        private final List<List<TilePass.Step>> groups;
        private final BitSet broadcasts = new BitSet();

        Builder(TilePass pass, List<List<TilePass.Step>> groups) {
            this.pass = pass;
            this.groups = groups;
            pass.broadcasts().forEach(broadcast -> broadcasts.set(broadcast.register()));
        }

        List<LoopPlan> build() {
            List<LoopPlan> loops = new ArrayList<>();
            for (int group = 0; group < groups.size(); group++) {
                loops.add(loop(group));
            }
            return loops;
        }

        private LoopPlan loop(int group) {
            BitSet read = new BitSet();
            BitSet defined = new BitSet();
            for (TilePass.Step step : groups.get(group)) {
                for (int operand : step.operands()) {
                    if (!defined.get(operand)) {
                        read.set(operand);
                    }
                }
                defined.set(step.out());
            }
            List<Integer> reductions = new ArrayList<>();
            for (int i = 0; i < pass.reductions().size(); i++) {
                TilePass.Reduction reduction = pass.reductions().get(i);
                int b = reduction.b().orElse(reduction.a());
                if (group == Math.max(lastDefinition(reduction.a()), lastDefinition(b))) {
                    reductions.add(i);
                    readUnless(defined, reduction.a(), read);
                    readUnless(defined, b, read);
                }
            }
            List<Integer> stores = new ArrayList<>();
            for (int i = 0; i < pass.stores().size(); i++) {
                int register = pass.stores().get(i).register();
                if (group == lastDefinition(register)) {
                    stores.add(i);
                    readUnless(defined, register, read);
                }
            }
            List<Integer> rows = read.stream().filter(broadcasts::get).boxed().toList();
            List<Integer> tiles = read.stream().filter(register -> !broadcasts.get(register)).boxed().toList();
            List<Integer> writes = defined.stream().filter(register -> isReadAfter(group, register)).boxed().toList();
            return new LoopPlan(pass, tiles, rows, groups.get(group), writes, reductions, stores);
        }

        private static void readUnless(BitSet defined, int register, BitSet read) {
            if (!defined.get(register)) {
                read.set(register);
            }
        }

        /** The group that gives a register its value at the pass's end; the first for what no step computes. */
        private int lastDefinition(int register) {
            for (int group = groups.size() - 1; group > 0; group--) {
                if (groups.get(group).stream().anyMatch(step -> step.out() == register)) {
                    return group;
                }
            }
            return 0;
        }

        /** Whether a later group reads the value that a register has at the end of this one. */
        private boolean isReadAfter(int group, int register) {
            for (int later = group + 1; later < groups.size(); later++) {
                for (TilePass.Step step : groups.get(later)) {
                    if (step.operands().contains(register)) {
                        return true;
                    }
                    if (step.out() == register) {
                        return false;
                    }
                }
            }
            int last = lastDefinition(register);
            return last <= group && pass.reductions().stream().anyMatch(reduction ->
                    reads(reduction, register) && Math.max(lastDefinition(reduction.a()),
                            lastDefinition(reduction.b().orElse(reduction.a()))) > group);
        }

        private static boolean reads(TilePass.Reduction reduction, int register) {
            return reduction.a() == register || reduction.b().orElse(-1) == register;
        }
    }
}
