package org.evonorm.engine.pass;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * The order in which a program is computed, with as few passes over a sample as the depth of the aggregates demands. A
 * <em>stage</em> needs no values of other samples; between stages all workers meet and take the means over the batch.
 * In a stage, each sample goes through the <em>levels</em> one by one: a few operations on sample-channel values
 * [B, C], then a pass over the pixels of the sample, whose reductions feed the next level. No tensor [B, H, W, C] is
 * stored from stage to stage: each stage computes its tensors anew from the layer's input and the derivative of its
 * output. Within a stage, passes share costly tensors as {@link PassSpills}.
 */
public record Schedule(List<Stage> stages) {

    /**
     * The work between two meetings of the workers. The lists hold indices of instructions.
     *
     * @param channelSteps operations on channel vectors [C], run before all samples
     * @param levels       steps and passes, run for each sample in order
     * @param batchMeans   means over the batch, from [B, C] to [C], run after all samples
     */
    public record Stage(List<Integer> channelSteps, List<Level> levels, List<Integer> batchMeans) {}

    /**
     * Operations on the sample-channel values of one sample, then a pass over its pixels.
     *
     * @param sampleChannelSteps indices of instructions
     */
    public record Level(List<Integer> sampleChannelSteps, Optional<TilePass> pass) {}

    /** The first stage and level in which a value is known. */
    private record Time(int stage, int level) implements Comparable<Time> {
        @Override
        public int compareTo(Time other) {
            return stage != other.stage ? Integer.compare(stage, other.stage) : Integer.compare(level, other.level);
        }
    }

    /** The schedule of the layer's output and of the batch statistics. */
    public static Schedule forward(Program program) {
        List<Integer> roots = new ArrayList<>(program.statistics());
        return new Builder(program, roots, Map.of(program.output(), TilePass.Target.OUTPUT), new BitSet()).build();
    }

    /**
     * The schedule of the gradients. It reads all small values that the forward schedule of the same program stored.
     */
    public static Schedule backward(Program program) {
        List<Integer> forwardRoots = new ArrayList<>(program.statistics());
        forwardRoots.add(program.output());
        BitSet given = ancestors(program, forwardRoots, new BitSet());
        given.stream().filter(value -> !program.at(value).extent().isSmall()).forEach(given::clear);
        List<Integer> roots = new ArrayList<>();
        Map<Integer, TilePass.Target> stores = new HashMap<>();
        program.gradients().forEach((leaf, value) -> {
            if (leaf == Operation.X) {
                stores.put(value, TilePass.Target.INPUT_DERIVATIVE);
            } else {
                roots.add(value);
            }
        });
        return new Builder(program, roots, stores, given).build();
    }

    /** The passes of all stages, in order. */
    public Stream<TilePass> passes() {
        return stages.stream().flatMap(stage -> stage.levels().stream()).flatMap(level -> level.pass().stream());
    }

    /** The sample-channel values [B, C] that this schedule computes or reads, by instruction. */
    BitSet planes(Program program) {
        BitSet values = new BitSet();
        for (Stage stage : stages) {
            stage.batchMeans().forEach(value -> values.set(program.at(value).input(0)));
            for (Level level : stage.levels()) {
                for (int value : level.sampleChannelSteps()) {
                    values.set(value);
                    program.at(value).inputs().forEach(values::set);
                }
                level.pass().ifPresent(pass -> {
                    pass.broadcasts().forEach(broadcast -> values.set(broadcast.value()));
                    pass.reductions().forEach(reduction -> {
                        reduction.mean().ifPresent(values::set);
                        reduction.variance().ifPresent(values::set);
                    });
                });
            }
        }
        return values.stream()
                .filter(value -> program.at(value).extent() == Extent.SAMPLE_CHANNEL)
                .collect(BitSet::new, BitSet::set, BitSet::or);
    }

    private static BitSet ancestors(Program program, Collection<Integer> roots, BitSet given) {
        BitSet needed = new BitSet();
        roots.forEach(needed::set);
        for (int value = program.instructions().size() - 1; value >= 0; value--) {
            if (needed.get(value) && !given.get(value)) {
                program.at(value).inputs().forEach(needed::set);
            }
        }
        return needed;
    }

    private static final class Builder {
        private final Program program;
        private final Map<Integer, TilePass.Target> stores;
        private final BitSet given;
        private final BitSet needed;
        private final Time[] times;

        Builder(Program program, List<Integer> roots, Map<Integer, TilePass.Target> stores, BitSet given) {
            this.program = program;
            this.stores = stores;
            this.given = given;
            List<Integer> all = new ArrayList<>(roots);
            all.addAll(stores.keySet());
            this.needed = ancestors(program, all, given);
            this.times = new Time[program.instructions().size()];
            needed.stream().forEach(value -> times[value] = time(value));
        }

        private Time time(int value) {
            Instruction instruction = program.at(value);
            Time latest = new Time(0, 0);
            if (given.get(value)) {
                return latest;
            }
            for (int input : instruction.inputs()) {
                latest = times[input].compareTo(latest) > 0 ? times[input] : latest;
            }
            if (instruction.operation() == Operation.MEAN_B) {
                return new Time(latest.stage() + 1, 0);
            }
            return instruction.operation().kind() == Operation.Kind.REDUCTION
                    ? new Time(latest.stage(), latest.level() + 1)
                    : latest;
        }

        Schedule build() {
            TreeMap<Time, List<Integer>> computed = new TreeMap<>();
            needed.stream()
                    .filter(value -> !given.get(value))
                    .forEach(value -> computed.computeIfAbsent(times[value], absent -> new ArrayList<>())
                            .add(value));
            int last = computed.isEmpty() ? 0 : computed.lastKey().stage();
            return new Schedule(
                    IntStream.rangeClosed(0, last).mapToObj(this::stage).toList());
        }

        private Stage stage(int stage) {
            List<Integer> channelSteps = small(value ->
                    times[value].stage() == stage && program.at(value).extent().compareTo(Extent.CHANNEL) <= 0);
            int lastLevel = needed.stream()
                    .filter(value -> times[value].stage() == stage)
                    .map(value -> times[value].level())
                    .max()
                    .orElse(0);
            List<Time> levels = IntStream.rangeClosed(0, lastLevel)
                    .mapToObj(level -> new Time(stage, level))
                    .toList();
            List<PassSpills.OfPass> spills = PassSpills.of(
                    program, levels.stream().map(this::tensorRoots).toList());
            List<Integer> batchMeans = needed.stream()
                    .filter(value -> !given.get(value)
                            && program.at(value).operation() == Operation.MEAN_B
                            && times[value].stage() == stage + 1)
                    .boxed()
                    .toList();
            return new Stage(
                    channelSteps,
                    IntStream.rangeClosed(0, lastLevel)
                            .mapToObj(level -> level(levels.get(level), spills.get(level)))
                            .toList(),
                    batchMeans);
        }

        /** The values that the pass of a level reduces or stores. */
        private List<Integer> tensorRoots(Time time) {
            return Stream.concat(
                            reductions(time).stream()
                                    .map(reduction -> program.at(reduction).input(0)),
                            stored(time).keySet().stream())
                    .distinct()
                    .toList();
        }

        private List<Integer> reductions(Time time) {
            return needed.stream()
                    .filter(value -> !given.get(value)
                            && program.at(value).operation().kind() == Operation.Kind.REDUCTION
                            && times[program.at(value).input(0)].equals(time))
                    .boxed()
                    .toList();
        }

        private Map<Integer, TilePass.Target> stored(Time time) {
            Map<Integer, TilePass.Target> stored = new TreeMap<>(stores);
            stored.keySet().removeIf(value -> !times[value].equals(time));
            return stored;
        }

        private Level level(Time time, PassSpills.OfPass spills) {
            List<Integer> sampleChannelSteps = small(
                    value -> times[value].equals(time) && program.at(value).extent() == Extent.SAMPLE_CHANNEL);
            List<Integer> reductions = reductions(time);
            Map<Integer, TilePass.Target> stored = stored(time);
            boolean hasPass = !reductions.isEmpty() || !stored.isEmpty();
            return new Level(
                    sampleChannelSteps,
                    hasPass ? Optional.of(TilePass.of(program, reductions, stored, spills)) : Optional.empty());
        }

        /** The needed small values with a step of their own, as far as {@code when} accepts them. */
        private List<Integer> small(IntPredicate when) {
            Set<Operation.Kind> kinds = Set.of(Operation.Kind.ELEMENTWISE, Operation.Kind.SMALL);
            return needed.stream()
                    .filter(value -> !given.get(value)
                            && program.at(value).extent().isSmall()
                            && kinds.contains(program.at(value).operation().kind())
                            && program.at(value).operation() != Operation.MEAN_B)
                    .filter(when)
                    .boxed()
                    .toList();
        }
    }
}
