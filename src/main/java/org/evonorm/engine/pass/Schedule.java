package org.evonorm.engine.pass;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
    BitSet sampleChannelValues(Program program) {
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
            TreeMap<Integer, StageLists> stages = new TreeMap<>();
            stages.put(0, new StageLists());
            needed.stream().filter(value -> !given.get(value)).forEach(value -> file(value, stages));
            stores.forEach((value, target) -> list(stages, times[value]).stored.put(value, target));
            return new Schedule(IntStream.rangeClosed(0, stages.lastKey())
                    .mapToObj(stage -> stage(stages.getOrDefault(stage, new StageLists())))
                    .toList());
        }

        /** Puts a needed value into the lists of its stage and level; values come in order, and lists keep it. */
        private void file(int value, Map<Integer, StageLists> stages) {
            Instruction instruction = program.at(value);
            // A stage and its levels exist as soon as a value is known there.
            LevelLists known = list(stages, times[value]);
            if (instruction.operation() == Operation.MEAN_B) {
                list(stages, times[value].stage() - 1).batchMeans.add(value);
            } else if (instruction.operation().kind() == Operation.Kind.REDUCTION) {
                list(stages, times[instruction.input(0)]).reductions.add(value);
            } else if (instruction.extent().isSmall() && instruction.operation().kind() != Operation.Kind.LEAF) {
                (instruction.extent() == Extent.SAMPLE_CHANNEL
                                ? known.sampleChannelSteps
                                : list(stages, times[value].stage()).channelSteps)
                        .add(value);
            }
        }

        private static StageLists list(Map<Integer, StageLists> stages, int stage) {
            return stages.computeIfAbsent(stage, absent -> new StageLists());
        }

        private static LevelLists list(Map<Integer, StageLists> stages, Time time) {
            List<LevelLists> levels = list(stages, time.stage()).levels;
            while (levels.size() <= time.level()) {
                levels.add(new LevelLists());
            }
            return levels.get(time.level());
        }

        private Stage stage(StageLists lists) {
            List<PassSpills.OfPass> spills = PassSpills.of(
                    program, lists.levels.stream().map(this::tensorRoots).toList());
            return new Stage(
                    lists.channelSteps,
                    IntStream.range(0, lists.levels.size())
                            .mapToObj(level -> level(lists.levels.get(level), spills.get(level)))
                            .toList(),
                    lists.batchMeans);
        }

        /** The values that the pass of a level reduces or stores. */
        private List<Integer> tensorRoots(LevelLists level) {
            return Stream.concat(
                            level.reductions.stream()
                                    .map(reduction -> program.at(reduction).input(0)),
                            level.stored.keySet().stream())
                    .distinct()
                    .toList();
        }

        private Level level(LevelLists lists, PassSpills.OfPass spills) {
            boolean hasPass = !lists.reductions.isEmpty() || !lists.stored.isEmpty();
            return new Level(
                    lists.sampleChannelSteps,
                    hasPass
                            ? Optional.of(TilePass.of(program, lists.reductions, lists.stored, spills))
                            : Optional.empty());
        }
    }

    /** The needed values of a stage, as they are found. */
    private static final class StageLists {
        private final List<Integer> channelSteps = new ArrayList<>();
        private final List<LevelLists> levels = new ArrayList<>(List.of(new LevelLists()));
        private final List<Integer> batchMeans = new ArrayList<>();
    }

    /** The needed values of a level, as they are found. */
    private static final class LevelLists {
        private final List<Integer> sampleChannelSteps = new ArrayList<>();
        private final List<Integer> reductions = new ArrayList<>();
        private final Map<Integer, TilePass.Target> stored = new TreeMap<>();
    }
}
