package org.evonorm.engine.pass;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The phases of a pass with pixel means. A back end that keeps values in the registers of the processor goes over the
 * channels of a pixel once per phase: a loop sums up the means of its phase, and the next loop reads them. The pixel is
 * in the first-level cache after the first loop, so that only this loop reads memory.
 *
 * <p>Each loop computes anew the values that it needs; a value that takes longer to compute than to reload is kept in a
 * <em>row</em>, which has room for the channels of one pixel. All tensors and spills are stored by the last loop, after
 * all loads of the pixel, so that a tensor may be read and written in place.
 *
 * @param values     loads, reloads, broadcasts and results of steps, in this order
 * @param loops      one per phase
 * @param reductions by reduction of the pass, the one or two values that it reduces
 * @param stores     by store of the pass, the value that it stores
 * @param rows       number of rows
 */
public record PixelPhases(
        List<Value> values, List<Loop> loops, List<List<Integer>> reductions, List<Integer> stores, int rows) {

    /** The operations that take longer than a store and a reload in the first-level cache. */
    private static final Set<TileOperation> COSTLY = EnumSet.of(
            TileOperation.EXP,
            TileOperation.TANH,
            TileOperation.SIGMOID,
            TileOperation.ERF,
            TileOperation.LOG,
            TileOperation.SQRT,
            TileOperation.RECIPROCAL,
            TileOperation.ROOT,
            TileOperation.INVERSE,
            TileOperation.LOG_SLOPE,
            TileOperation.SQRT_SLOPE);

    /** The origin of a value. */
    public enum Origin {
        LOAD,
        RELOAD,
        BROADCAST,
        STEP
    }

    /**
     * A value of the pass.
     *
     * @param number   number of the load, reload, broadcast or step in the pass
     * @param operands values that a step reads
     * @param perPixel whether the value is the same at all channels of a pixel, so that no loop computes it
     * @param phase    first phase in which the value is known
     */
    public record Value(Origin origin, int number, List<Integer> operands, boolean perPixel, int phase) {}

    /**
     * A loop over the channels of a pixel. The lists hold values, except {@code reductions}.
     *
     * @param reloaded   values that the loop reloads, and their rows
     * @param computed   values that the loop computes, in order
     * @param kept       values that the loop stores, and their rows
     * @param means      pixel means that the loop sums up
     * @param reductions numbers of the reductions of the pass to which the loop adds
     */
    public record Loop(
            Map<Integer, Integer> reloaded,
            List<Integer> computed,
            Map<Integer, Integer> kept,
            List<Integer> means,
            List<Integer> reductions) {}

    /** The phases of a pass; one phase if the pass has no pixel mean. */
    public static PixelPhases of(TilePass pass) {
        return new Builder(pass).build();
    }

    private static final class Builder {
        private final TilePass pass;
        private final List<Value> values = new ArrayList<>();
        /** By register, its present value. */
        private final Map<Integer, Integer> registers = new HashMap<>();

        private final List<Loop> loops = new ArrayList<>();
        /** By value, the first loop that computes it. */
        private final Map<Integer, Integer> origins = new HashMap<>();
        /** By value, its row. */
        private final Map<Integer, Integer> rows = new HashMap<>();

        Builder(TilePass pass) {
            this.pass = pass;
            for (int i = 0; i < pass.loads().size(); i++) {
                add(Origin.LOAD, i, pass.loads().get(i).register(), false);
            }
            for (int i = 0; i < pass.reloads().size(); i++) {
                add(Origin.RELOAD, i, pass.reloads().get(i).register(), false);
            }
            for (int i = 0; i < pass.broadcasts().size(); i++) {
                TilePass.Broadcast broadcast = pass.broadcasts().get(i);
                add(Origin.BROADCAST, i, broadcast.register(), broadcast.isConstant());
            }
            for (int i = 0; i < pass.steps().size(); i++) {
                addStep(i, pass.steps().get(i));
            }
        }

        private void add(Origin origin, int number, int register, boolean perPixel) {
            registers.put(register, values.size());
            values.add(new Value(origin, number, List.of(), perPixel, 0));
        }

        private void addStep(int number, TilePass.Step step) {
            List<Integer> operands =
                    step.operands().stream().map(registers::get).toList();
            int known = operands.stream()
                    .mapToInt(operand -> values.get(operand).phase())
                    .max()
                    .orElseThrow();
            boolean mean = step.operation().isPixelMean();
            boolean perPixel = mean
                    || operands.stream().allMatch(operand -> values.get(operand).perPixel());
            registers.put(step.out(), values.size());
            values.add(new Value(Origin.STEP, number, operands, perPixel, mean ? known + 1 : known));
        }

        PixelPhases build() {
            List<List<Integer>> reductions = pass.reductions().stream()
                    .map(reduction -> IntStream.concat(IntStream.of(reduction.a()), reduction.b().stream())
                            .mapToObj(registers::get)
                            .toList())
                    .toList();
            List<Integer> stores = pass.stores().stream()
                    .map(store -> registers.get(store.register()))
                    .toList();
            int last = Stream.concat(reductions.stream().flatMap(List::stream), stores.stream())
                    .mapToInt(value -> values.get(value).phase())
                    .max()
                    .orElse(0);
            for (int phase = 0; phase <= last; phase++) {
                addLoop(phase, reductions, phase == last ? stores : List.of());
            }
            return new PixelPhases(List.copyOf(values), List.copyOf(loops), reductions, stores, rows.size());
        }

        private void addLoop(int phase, List<List<Integer>> reduced, List<Integer> stored) {
            List<Integer> means = IntStream.range(0, values.size())
                    .filter(value -> isMean(value) && values.get(value).phase() == phase + 1)
                    .boxed()
                    .toList();
            List<Integer> reductions = IntStream.range(0, reduced.size())
                    .filter(reduction -> reduced.get(reduction).stream()
                                    .mapToInt(value -> values.get(value).phase())
                                    .max()
                                    .orElseThrow()
                            == phase)
                    .boxed()
                    .toList();
            Loop loop = new Loop(new TreeMap<>(), new ArrayList<>(), new TreeMap<>(), means, reductions);
            loops.add(loop);
            TreeSet<Integer> open = new TreeSet<>(stored);
            means.forEach(mean -> open.addAll(values.get(mean).operands()));
            reductions.forEach(reduction -> open.addAll(reduced.get(reduction)));
            while (!open.isEmpty()) {
                require(open.pollLast(), phase, loop, open);
            }
        }

        /** Has a loop compute or reload a value. */
        private void require(int value, int phase, Loop loop, Set<Integer> open) {
            Value required = values.get(value);
            if (required.perPixel()) {
                return;
            }
            if (isCostly(required) && origins.getOrDefault(value, phase) < phase) {
                rows.putIfAbsent(value, rows.size());
                loops.get(origins.get(value)).kept().put(value, rows.get(value));
                loop.reloaded().put(value, rows.get(value));
            } else {
                origins.putIfAbsent(value, phase);
                loop.computed().add(0, value);
                open.addAll(required.operands());
            }
        }

        private boolean isMean(int value) {
            return values.get(value).origin() == Origin.STEP
                    && operation(values.get(value)).isPixelMean();
        }

        private boolean isCostly(Value value) {
            return value.origin() == Origin.STEP && COSTLY.contains(operation(value));
        }

        private TileOperation operation(Value step) {
            return pass.steps().get(step.number()).operation();
        }
    }
}
