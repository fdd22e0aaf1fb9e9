package org.evonorm.engine.cpu;

import java.util.List;
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
    private final Scratch.Accumulator[] accumulators;

    private final boolean[] storesOutput;
    private final int[] storeRegisters;

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
        for (int i = 0; i < hasVariance.length; i++) {
            hasVariance[i] = reductions.get(i).variance().isPresent();
            accumulators[i] = scratch.accumulator(i);
        }
        List<TilePass.Store> stores = pass.stores();
        this.storesOutput = new boolean[stores.size()];
        this.storeRegisters = stores.stream().mapToInt(store -> scratch.register(store.register())).toArray();
        for (int i = 0; i < storesOutput.length; i++) {
            storesOutput[i] = stores.get(i).target() == TilePass.Target.OUTPUT;
        }
    }

    /** All tiles of one sample, which starts at {@code start}; sums are left in the accumulators. */
    void run(int start, TileMachine.Tensors tensors) {
        int total = shape.area() * shape.channels();
        int tile = shape.pixels() * shape.channels();
        for (int at = 0; at < total; at += tile) {
            int count = Math.min(tile, total - at);
            for (int i = 0; i < loadRegisters.length; i++) {
                tensors.of(loads[i]).buffer().get(start + at, file, loadRegisters[i], count);
            }
            int padded = TileShape.padded(count);
            for (int i = 0; i < kernels.length; i++) {
                kernels[i].run(file, outs[i], file, as[i], file, bs[i], file, cs[i], padded);
            }
            for (int i = 0; i < reducedA.length; i++) {
                reduce(i, count, at == 0);
            }
            for (int i = 0; i < storeRegisters.length; i++) {
                store(i, start + at, count, tensors);
            }
        }
    }

    private void reduce(int i, int count, boolean first) {
        Scratch.Accumulator sums = accumulators[i];
        if (first) {
            sums.clear(shape.row());
            if (hasVariance[i]) {
                sums.shiftByMeanOfTile(file, reducedA[i], count, shape);
            }
        }
        if (hasVariance[i]) {
            Sums.addShifted(sums.sums(), sums.squares(), sums.shift(), file, reducedA[i], count, shape.row());
        } else if (reducedB[i] >= 0) {
            Sums.addProducts(sums.sums(), file, reducedA[i], file, reducedB[i], count, shape.row());
        } else {
            Sums.add(sums.sums(), file, reducedA[i], count, shape.row());
        }
    }

    private void store(int i, int at, int count, TileMachine.Tensors tensors) {
        int register = storeRegisters[i];
        if (storesOutput[i]) {
            tensors.output().buffer().put(at, file, register, count);
            return;
        }
        if (tensors.accumulate()) {
            int sum = scratch.accumulation();
            tensors.inputDerivative().buffer().get(at, file, sum, count);
            Kernel.ADD.run(file, sum, file, sum, file, register, file, register, TileShape.padded(count));
            register = sum;
        }
        tensors.inputDerivative().buffer().put(at, file, register, count);
    }
}
