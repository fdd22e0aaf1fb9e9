package org.evonorm.engine.cpu;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.evonorm.program.Operation;

/**
 * A tile pass with its registers' places in a scratch file, in plain arrays: passes run over many small tiles, so that
 * looking things up would take as long as computing.
 */
final class BoundPass {

    private final TileShape shape;
    private final Scratch scratch;
    private final float[] file;

    private final Operation[] loads;
    private final int[] loadRegisters;

    private final Kernel[] kernels;
    private final int[] outs;
    private final int[] as;
    private final int[] bs;
    private final int[] cs;

    private final int[] reducedA;
    private final int[] reducedB;
    private final boolean[] hasVariance;
    private final boolean anyVariance;
    private final Scratch.Accumulator[] accumulators;

    private final TilePass.Target[] targets;
    private final int[] storeRegisters;

    private final Fusion fusion;
    /** Rows of a sample that fused loops compute; 0 where rows are no whole vectors. */
    private final int fusedRows;
    /** Where tiles start, by register and, from {@link #firstStore} on, by store, for kernels and for fused loops. */
    private final int[] narrow;
    private final int[] wide;
    /** Which of these lie in a slot, so that they move on with the tiles of a sample, and where the slot starts. */
    private final int[] moving;
    private final int[] slots;
    private final int firstStore;

    BoundPass(TilePass pass, TileShape shape, Scratch scratch) {
        this.shape = shape;
        this.scratch = scratch;
        this.file = scratch.file();
        this.loads = pass.loads().stream().map(TilePass.Load::tensor).toArray(Operation[]::new);
        this.loadRegisters = pass.loads().stream().mapToInt(TilePass.Load::register).toArray();
        List<TilePass.Step> steps = pass.steps();
        this.kernels = steps.stream().map(TilePass.Step::kernel).toArray(Kernel[]::new);
        this.outs = steps.stream().mapToInt(TilePass.Step::out).toArray();
        this.as = steps.stream().mapToInt(TilePass.Step::a).toArray();
        this.bs = steps.stream().mapToInt(TilePass.Step::b).toArray();
        this.cs = steps.stream().mapToInt(TilePass.Step::c).toArray();
        List<TilePass.Reduction> reductions = pass.reductions();
        this.reducedA = reductions.stream().mapToInt(TilePass.Reduction::a).toArray();
        this.reducedB = reductions.stream().mapToInt(reduction -> reduction.b().orElse(-1)).toArray();
        this.hasVariance = new boolean[reducedA.length];
        this.accumulators = new Scratch.Accumulator[reducedA.length];
        boolean variance = false;
        for (int i = 0; i < hasVariance.length; i++) {
            hasVariance[i] = reductions.get(i).variance().isPresent();
            accumulators[i] = scratch.accumulator(i);
            variance |= hasVariance[i];
        }
        this.anyVariance = variance;
        List<TilePass.Store> stores = pass.stores();
        this.targets = stores.stream().map(TilePass.Store::target).toArray(TilePass.Target[]::new);
        this.storeRegisters = stores.stream().mapToInt(TilePass.Store::register).toArray();
        this.fusion = Fusion.of(pass);
        this.fusedRows = shape.row() % Lanes.WIDTH == 0 ? shape.area() * shape.channels() / shape.row() : 0;
        this.firstStore = pass.registers();
        this.narrow = IntStream.range(0, firstStore + stores.size()).map(scratch::register).toArray();
        this.wide = IntStream.range(0, narrow.length).map(scratch::wide).toArray();
        for (TilePass.Broadcast broadcast : pass.broadcasts()) {
            wide[broadcast.register()] = scratch.register(broadcast.register());
        }
        Map<Integer, Integer> slotOf = slotsByPlace(pass);
        this.moving = slotOf.keySet().stream().mapToInt(Integer::intValue).toArray();
        this.slots = slotOf.values().stream().mapToInt(scratch::slot).toArray();
    }

    private static Map<Integer, Integer> slotsByPlace(TilePass pass) {
        Map<Integer, Integer> slots = new LinkedHashMap<>();
        pass.carried().forEach(carried -> slots.put(carried.register(), carried.slot()));
        pass.loads().forEach(load -> load.slot().ifPresent(slot -> slots.put(load.register(), slot)));
        for (int i = 0; i < pass.stores().size(); i++) {
            int place = pass.registers() + i;
            pass.stores().get(i).slot().ifPresent(slot -> slots.put(place, slot));
        }
        return slots;
    }

    /** Floats of a broadcast that the next run reads: a tile's, or a row's once loops are fused, which they stay. */
    int broadcastLength() {
        return fusedRows > 0 && fusion.loops().length > 0 ? shape.row() : shape.tile();
    }

    /** All tiles of one sample, which starts at {@code start}; sums are left in the accumulators. */
    void run(int start, TileMachine.Tensors tensors) {
        run(start, tensors, fusion.loops());
        fusion.ran(shape.area() * shape.channels());
    }

    /** As {@link #run(int, TileMachine.Tensors)}, by these loops, if any, as far as they can, and by kernels. */
    void run(int start, TileMachine.Tensors tensors, FusedLoop[] loops) {
        for (Scratch.Accumulator sums : accumulators) {
            sums.clear(shape.row());
        }
        int total = shape.area() * shape.channels();
        int whole = 0;
        if (loops.length > 0 && fusedRows > 0) {
            whole = fusedRows * shape.row();
            runRows(loops, start, tensors);
        }
        int tile = shape.tile();
        for (int at = whole; at < total; at += tile) {
            move(narrow, at);
            runTile(start + at, Math.min(tile, total - at), at == 0, tensors);
        }
    }

    /** The rows of a sample that are whole. */
    private void runRows(FusedLoop[] loops, int start, TileMachine.Tensors tensors) {
        int row = shape.row();
        if (anyVariance) {
            for (Scratch.Accumulator sums : accumulators) {
                sums.clearShift(row);
            }
            move(wide, 0);
            load(start, row, wide, tensors);
            run(loops, 1);
            for (int i = 0; i < accumulators.length; i++) {
                if (hasVariance[i]) {
                    accumulators[i].shiftByMean(row, shape);
                }
                accumulators[i].clear(row);
            }
        }
        for (int first = 0; first < fusedRows; first += shape.wideRows()) {
            int rows = Math.min(shape.wideRows(), fusedRows - first);
            int at = start + first * row;
            move(wide, first * row);
            load(at, rows * row, wide, tensors);
            run(loops, rows);
            for (int i = 0; i < targets.length; i++) {
                store(i, wide[firstStore + i], at, rows * row, tensors);
            }
        }
    }

    private void run(FusedLoop[] loops, int rows) {
        for (FusedLoop loop : loops) {
            loop.run(file, wide, accumulators, rows, shape.row());
        }
    }

    /** To the tile that starts so many floats into a sample. */
    private void move(int[] places, int offset) {
        for (int i = 0; i < moving.length; i++) {
            places[moving[i]] = slots[i] + offset;
        }
    }

    private void runTile(int at, int count, boolean first, TileMachine.Tensors tensors) {
        load(at, count, narrow, tensors);
        int padded = TileShape.padded(count);
        for (int i = 0; i < kernels.length; i++) {
            kernels[i].run(file, narrow[outs[i]], file, narrow[as[i]], file, narrow[bs[i]], file, narrow[cs[i]],
                    padded);
        }
        for (int i = 0; i < reducedA.length; i++) {
            reduce(i, count, first);
        }
        for (int i = 0; i < targets.length; i++) {
            int from = narrow[storeRegisters[i]];
            if (targets[i] == TilePass.Target.SLOT) {
                System.arraycopy(file, from, file, narrow[firstStore + i], count);
            }
            store(i, from, at, count, tensors);
        }
    }

    private void load(int at, int count, int[] places, TileMachine.Tensors tensors) {
        for (int i = 0; i < loads.length; i++) {
            tensors.of(loads[i]).buffer().get(at, file, places[loadRegisters[i]], count);
        }
    }

    private void reduce(int i, int count, boolean first) {
        Scratch.Accumulator sums = accumulators[i];
        int a = narrow[reducedA[i]];
        if (hasVariance[i]) {
            if (first) {
                int some = Math.min(count, shape.row());
                Sums.add(sums.sums(), file, a, some, shape.row());
                sums.shiftByMean(some, shape);
                sums.clear(shape.row());
            }
            Sums.addShifted(sums.sums(), sums.squares(), sums.shift(), file, a, count, shape.row());
        } else if (reducedB[i] >= 0) {
            Sums.addProducts(sums.sums(), file, a, file, narrow[reducedB[i]], count, shape.row());
        } else {
            Sums.add(sums.sums(), file, a, count, shape.row());
        }
    }

    private void store(int i, int from, int at, int count, TileMachine.Tensors tensors) {
        switch (targets[i]) {
            case OUTPUT -> tensors.output().buffer().put(at, file, from, count);
            case INPUT_DERIVATIVE -> tensors.inputDerivative().buffer().put(at, file,
                    tensors.accumulate() ? withPresent(tensors.inputDerivative(), from, at, count) : from, count);
            case SLOT -> { }
        }
    }

    /** Adds a tile to what its tensor holds, and says where the sum is. */
    private int withPresent(Floats tensor, int from, int at, int count) {
        int sum = scratch.accumulation();
        tensor.buffer().get(at, file, sum, count);
        Kernel.ADD.run(file, sum, file, sum, file, from, file, from, TileShape.padded(count));
        return sum;
    }
}
