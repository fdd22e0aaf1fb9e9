package org.evonorm.engine.cpu;

import java.util.Arrays;
import java.util.List;
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

    private final boolean[] storesOutput;
    private final int[] storeRegisters;

    private final Fusion fusion;
    /** Rows of a sample that fused loops compute; 0 where rows are no whole vectors. */
    private final int fusedRows;
    private final int[] wideLoads;
    private final int[] wideStores;
    /** As {@link FusedLoop#run} takes them. */
    private final int[] places;

    BoundPass(TilePass pass, TileShape shape, Scratch scratch) {
        this.shape = shape;
        this.scratch = scratch;
        this.file = scratch.file();
        this.loads = pass.loads().stream().map(TilePass.Load::tensor).toArray(Operation[]::new);
        this.loadRegisters = pass.loads().stream().mapToInt(load -> scratch.register(load.register())).toArray();
        List<TilePass.Step> steps = pass.steps();
        this.kernels = steps.stream().map(TilePass.Step::kernel).toArray(Kernel[]::new);
        this.outs = steps.stream().mapToInt(step -> scratch.register(step.out())).toArray();
        this.as = steps.stream().mapToInt(step -> scratch.register(step.a())).toArray();
        this.bs = steps.stream().mapToInt(step -> scratch.register(step.b())).toArray();
        this.cs = steps.stream().mapToInt(step -> scratch.register(step.c())).toArray();
        List<TilePass.Reduction> reductions = pass.reductions();
        this.reducedA = reductions.stream().mapToInt(reduction -> scratch.register(reduction.a())).toArray();
        this.reducedB = reductions.stream()
                .mapToInt(reduction -> reduction.b().isPresent() ? scratch.register(reduction.b().getAsInt()) : -1)
                .toArray();
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
        this.storesOutput = new boolean[stores.size()];
        this.storeRegisters = stores.stream().mapToInt(store -> scratch.register(store.register())).toArray();
        for (int i = 0; i < storesOutput.length; i++) {
            storesOutput[i] = stores.get(i).target() == TilePass.Target.OUTPUT;
        }
        this.fusion = Fusion.of(pass);
        this.fusedRows = shape.row() % Lanes.WIDTH == 0 ? shape.area() * shape.channels() / shape.row() : 0;
        this.wideLoads = pass.loads().stream().mapToInt(load -> scratch.wide(load.register())).toArray();
        this.wideStores = IntStream.range(0, stores.size()).map(i -> scratch.wide(pass.registers() + i)).toArray();
        this.places = new int[pass.registers() + stores.size()];
        Arrays.setAll(places, scratch::wide);
        pass.broadcasts().forEach(broadcast ->
                places[broadcast.register()] = scratch.register(broadcast.register()));
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
            load(start, row, wideLoads, tensors);
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
            load(at, rows * row, wideLoads, tensors);
            run(loops, rows);
            for (int i = 0; i < storeRegisters.length; i++) {
                store(i, wideStores[i], at, rows * row, tensors);
            }
        }
    }

    private void run(FusedLoop[] loops, int rows) {
        for (FusedLoop loop : loops) {
            loop.run(file, places, accumulators, rows, shape.row());
        }
    }

    private void runTile(int at, int count, boolean first, TileMachine.Tensors tensors) {
        load(at, count, loadRegisters, tensors);
        int padded = TileShape.padded(count);
        for (int i = 0; i < kernels.length; i++) {
            kernels[i].run(file, outs[i], file, as[i], file, bs[i], file, cs[i], padded);
        }
        for (int i = 0; i < reducedA.length; i++) {
            reduce(i, count, first);
        }
        for (int i = 0; i < storeRegisters.length; i++) {
            store(i, storeRegisters[i], at, count, tensors);
        }
    }

    private void load(int at, int count, int[] registers, TileMachine.Tensors tensors) {
        for (int i = 0; i < loads.length; i++) {
            tensors.of(loads[i]).buffer().get(at, file, registers[i], count);
        }
    }

    private void reduce(int i, int count, boolean first) {
        Scratch.Accumulator sums = accumulators[i];
        if (hasVariance[i]) {
            if (first) {
                int some = Math.min(count, shape.row());
                Sums.add(sums.sums(), file, reducedA[i], some, shape.row());
                sums.shiftByMean(some, shape);
                sums.clear(shape.row());
            }
            Sums.addShifted(sums.sums(), sums.squares(), sums.shift(), file, reducedA[i], count, shape.row());
        } else if (reducedB[i] >= 0) {
            Sums.addProducts(sums.sums(), file, reducedA[i], file, reducedB[i], count, shape.row());
        } else {
            Sums.add(sums.sums(), file, reducedA[i], count, shape.row());
        }
    }

    private void store(int i, int from, int at, int count, TileMachine.Tensors tensors) {
        if (storesOutput[i]) {
            tensors.output().buffer().put(at, file, from, count);
            return;
        }
        int register = from;
        if (tensors.accumulate()) {
            int sum = scratch.accumulation();
            tensors.inputDerivative().buffer().get(at, file, sum, count);
            Kernel.ADD.run(file, sum, file, sum, file, register, file, register, TileShape.padded(count));
            register = sum;
        }
        tensors.inputDerivative().buffer().put(at, file, register, count);
    }
}
