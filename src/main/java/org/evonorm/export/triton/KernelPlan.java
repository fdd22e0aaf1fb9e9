package org.evonorm.export.triton;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.evonorm.export.triton.Kernel.Loop;
import org.evonorm.export.triton.Kernel.Over;
import org.evonorm.program.Extent;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * The kernels of a training program in their order. A reduction runs as early as its inputs are known, so that as few
 * kernels as possible pass over the maps; elementwise values are computed in each kernel that needs them.
 *
 * @param forward  kernels of the output and of the batch statistics
 * @param backward kernels of the gradients
 * @param saved    reductions of forward that backward reads
 */
record KernelPlan(List<Kernel> forward, List<Kernel> backward, List<Integer> saved) {

    static KernelPlan of(Program program) {
        Builder forward = new Builder(program, OptionalInt.of(program.output()), program.statistics(), new BitSet());
        Integer ofX = program.gradients().get(Operation.X);
        List<Integer> ofVectors = program.gradients().entrySet().stream()
                .filter(gradient -> gradient.getKey() != Operation.X)
                .map(Map.Entry::getValue)
                .sorted()
                .distinct()
                .toList();
        Builder backward =
                new Builder(program, ofX == null ? OptionalInt.empty() : OptionalInt.of(ofX), ofVectors, forward.known);
        List<Kernel> ofBackward = backward.kernels(List.of());
        List<Integer> saved = ofBackward.stream()
                .flatMap(kernel -> kernel.loads().stream())
                .filter(forward.known::get)
                .distinct()
                .sorted()
                .toList();
        return new KernelPlan(forward.kernels(saved), ofBackward, saved);
    }

    /** The instructions that these values need beside reductions, and the reductions where they end. */
    static BitSet inputs(Program program, Collection<Integer> values) {
        BitSet inputs = new BitSet();
        values.forEach(inputs::set);
        for (int i = inputs.length() - 1; i >= 0; i--) {
            if (inputs.get(i) && !Kernel.isReduction(program.at(i))) {
                program.at(i).inputs().forEach(inputs::set);
            }
        }
        return inputs;
    }

    private static final class Builder {
        private final Program program;
        private final List<Integer> results;
        private final BitSet needed;
        /** Reductions that are known so far. */
        private final BitSet known;

        private OptionalInt map;
        private final List<Step> steps = new ArrayList<>();

        /** A kernel in the making. */
        private record Step(Over over, List<Loop> loops, BitSet knownAfter, List<Integer> results) {}

        Builder(Program program, OptionalInt map, List<Integer> results, BitSet given) {
            this.program = program;
            this.map = map;
            this.results = results;
            this.known = (BitSet) given.clone();
            this.needed = new BitSet();
            map.ifPresent(needed::set);
            results.forEach(needed::set);
            for (int i = needed.length() - 1; i >= 0; i--) {
                if (needed.get(i) && !given.get(i)) {
                    program.at(i).inputs().forEach(needed::set);
                }
            }
            while (addStep()) {}
            storeResults();
        }

        /** Adds the next kernel: of small values as long as there are any to reduce, else a pass over the maps. */
        private boolean addStep() {
            List<Integer> ready = ready();
            for (Over over : Over.values()) {
                List<Integer> first = ready.stream()
                        .filter(i -> Over.of(program.at(i)) == over)
                        .toList();
                if (!first.isEmpty() || (over == Over.POSITIONS && map.isPresent())) {
                    Extent extent = first.isEmpty()
                            ? Extent.TENSOR
                            : program.at(first.get(0)).extent();
                    List<Loop> loops = loops(over, extent);
                    steps.add(new Step(over, loops, (BitSet) known.clone(), new ArrayList<>()));
                    return true;
                }
            }
            return false;
        }

        /** Loops over the same dimension, each as soon as those before it allow. */
        private List<Loop> loops(Over over, Extent extent) {
            List<Loop> loops = new ArrayList<>();
            while (true) {
                List<Integer> reductions = ready().stream()
                        .filter(i -> Over.of(program.at(i)) == over
                                && program.at(i).extent() == (over == Over.POSITIONS ? Extent.SAMPLE_CHANNEL : extent))
                        .toList();
                OptionalInt stored = over == Over.POSITIONS && map.isPresent() && isReady(map.getAsInt())
                        ? map
                        : OptionalInt.empty();
                if (reductions.isEmpty() && stored.isEmpty()) {
                    return loops;
                }
                loops.add(new Loop(reductions, stored));
                reductions.forEach(known::set);
                map = stored.isPresent() ? OptionalInt.empty() : map;
            }
        }

        /** The needed reductions whose operands are known. */
        private List<Integer> ready() {
            return needed.stream()
                    .filter(i -> Kernel.isReduction(program.at(i))
                            && !known.get(i)
                            && isReady(program.at(i).input(0)))
                    .boxed()
                    .toList();
        }

        private boolean isReady(int value) {
            return isReady(value, known);
        }

        private boolean isReady(int value, BitSet reductions) {
            return inputs(program, List.of(value)).stream()
                    .allMatch(i -> !Kernel.isReduction(program.at(i)) || reductions.get(i));
        }

        /** Results that are no reductions themselves are stored by a kernel over the batch, the last one if it knows them. */
        private void storeResults() {
            for (int result : new TreeSet<>(results)) {
                if (!Kernel.isReduction(program.at(result))) {
                    stepThatKnows(result).results().add(result);
                }
            }
        }

        private Step stepThatKnows(int result) {
            for (int i = steps.size() - 1; i >= 0; i--) {
                Step step = steps.get(i);
                if (step.over() == Over.BATCH && isReady(result, step.knownAfter())) {
                    return step;
                }
            }
            Step last = new Step(Over.BATCH, List.of(), known, new ArrayList<>());
            steps.add(last);
            return last;
        }

        /**
         * The kernels.
         *
         * @param saved reductions that are needed after all of them
         */
        List<Kernel> kernels(List<Integer> saved) {
            BitSet used = new BitSet();
            saved.forEach(used::set);
            results.forEach(used::set);
            List<Kernel> kernels = new ArrayList<>();
            for (int i = steps.size() - 1; i >= 0; i--) {
                Step step = steps.get(i);
                List<Integer> own = step.loops().stream()
                        .flatMap(loop -> loop.reductions().stream())
                        .toList();
                List<Integer> stores =
                        new ArrayList<>(own.stream().filter(used::get).toList());
                stores.addAll(step.results());
                List<Integer> roots = new ArrayList<>(step.results());
                step.loops().forEach(loop -> {
                    loop.reductions().forEach(r -> roots.add(program.at(r).input(0)));
                    loop.map().ifPresent(roots::add);
                });
                List<Integer> loads = inputs(program, roots).stream()
                        .filter(r -> Kernel.isReduction(program.at(r)) && !own.contains(r))
                        .boxed()
                        .toList();
                loads.forEach(used::set);
                kernels.add(0, new Kernel(step.over(), step.loops(), loads, stores));
            }
            return kernels;
        }
    }
}
