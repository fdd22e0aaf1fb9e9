package org.evonorm.engine.cpu.tile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.vector.Kernel;
import org.evonorm.engine.cpu.vector.PixelMeans;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.pass.TileOperation;
import org.evonorm.engine.pass.TilePass;
import org.evonorm.program.Operation;

/**
 * A tile pass interpreted by kernels: for each tile, one kernel after the other. It stands in where LLVM does not load,
 * and has the same bits as {@link CompiledPass}. All parts of the pass are copied to plain arrays: a pass runs over
 * many small tiles, and reading records and lists would take as long as computing.
 */
final class KernelPass implements BoundPass {

    private final TileShape shape;
    private final KernelScratch scratch;
    /** The register file: registers and spills. */
    private final float[] file;

    private final Operation[] loads;
    private final int[] loadRegisters;

    private final Step[] steps;
    private final int[] outputs;
    private final int[] operandsA;
    private final int[] operandsB;
    private final int[] operandsC;

    private final int[] reducedA;
    private final int[] reducedB;
    private final boolean[] hasVariance;
    private final Scratch.Accumulator[] accumulators;

    private final TilePass.Target[] targets;
    private final int[] storeRegisters;

    /** Index in the file of the present tile, by register and, from {@link #storesFrom} on, by store to a spill. */
    private final int[] tileStarts;

    private final int storesFrom;
    /** Index in the file of each broadcast's register. */
    private final int[] broadcastStarts;
    /** Elements of {@link #tileStarts} that point into a spill, and so move from tile to tile. */
    private final int[] spilledIndices;
    /** Index in the file of each of these spills. */
    private final int[] spillStarts;

    /** A step on the first {@code count} floats of tiles, which are at these indices in the file. */
    private interface Step {
        void run(int out, int a, int b, int c, int count);
    }

    KernelPass(TilePass pass, TileShape sample, KernelScratch scratch) {
        this.shape = sample.forPass(pass);
        this.scratch = scratch;
        this.file = scratch.file();
        this.loads = pass.loads().stream().map(TilePass.Load::tensor).toArray(Operation[]::new);
        this.loadRegisters =
                pass.loads().stream().mapToInt(TilePass.Load::register).toArray();
        List<TilePass.Step> program = pass.steps();
        this.steps = program.stream().map(step -> step(step.operation())).toArray(Step[]::new);
        this.outputs = program.stream().mapToInt(TilePass.Step::out).toArray();
        this.operandsA = program.stream().mapToInt(TilePass.Step::a).toArray();
        this.operandsB = program.stream().mapToInt(TilePass.Step::b).toArray();
        this.operandsC = program.stream().mapToInt(TilePass.Step::c).toArray();
        List<TilePass.Reduction> reductions = pass.reductions();
        this.reducedA = reductions.stream().mapToInt(TilePass.Reduction::a).toArray();
        this.reducedB = reductions.stream()
                .mapToInt(reduction -> reduction.b().orElse(-1))
                .toArray();
        this.hasVariance = new boolean[reducedA.length];
        this.accumulators = new Scratch.Accumulator[reducedA.length];
        for (int i = 0; i < hasVariance.length; i++) {
            hasVariance[i] = reductions.get(i).variance().isPresent();
            accumulators[i] = scratch.accumulator(i);
        }
        List<TilePass.Store> stores = pass.stores();
        this.targets = stores.stream().map(TilePass.Store::target).toArray(TilePass.Target[]::new);
        this.storeRegisters = stores.stream().mapToInt(TilePass.Store::register).toArray();
        this.storesFrom = pass.registers();
        this.tileStarts = IntStream.range(0, storesFrom + stores.size())
                .map(scratch::register)
                .toArray();
        this.broadcastStarts = pass.broadcasts().stream()
                .mapToInt(broadcast -> tileStarts[broadcast.register()])
                .toArray();
        Map<Integer, Integer> spillOf = spillsByIndex(pass);
        this.spilledIndices =
                spillOf.keySet().stream().mapToInt(Integer::intValue).toArray();
        this.spillStarts = spillOf.values().stream().mapToInt(scratch::spill).toArray();
    }

    /** By element of {@link #tileStarts}, the number of the spill that it points into. */
    private static Map<Integer, Integer> spillsByIndex(TilePass pass) {
        Map<Integer, Integer> spills = new LinkedHashMap<>();
        pass.reloads().forEach(reload -> spills.put(reload.register(), reload.spill()));
        for (int i = 0; i < pass.stores().size(); i++) {
            int index = pass.registers() + i;
            pass.stores().get(i).spill().ifPresent(spill -> spills.put(index, spill));
        }
        return spills;
    }

    private Step step(TileOperation operation) {
        int channels = shape.channels();
        return switch (operation) {
            case PIXEL_MEAN -> (out, a, b, c, count) -> PixelMeans.mean(file, out, a, count, channels);
            case PIXEL_MEAN_OF_PRODUCT ->
                (out, a, b, c, count) -> PixelMeans.meanOfProduct(file, out, a, b, count, channels);
            default -> {
                Kernel kernel = Kernel.of(operation);
                yield (out, a, b, c, count) ->
                        kernel.run(file, out, file, a, file, b, file, c, VectorFunctions.padded(count));
            }
        };
    }

    @Override
    public void broadcast(int index, float[] values, int from) {
        shape.repeat(values, from, file, broadcastStarts[index], shape.tile());
    }

    @Override
    public void run(int start, PassTensors tensors) {
        for (Scratch.Accumulator sums : accumulators) {
            sums.clear(shape.row());
        }
        int total = shape.area() * shape.channels();
        int tile = shape.tile();
        for (int at = 0; at < total; at += tile) {
            for (int i = 0; i < spilledIndices.length; i++) {
                tileStarts[spilledIndices[i]] = spillStarts[i] + at;
            }
            runTile(start + at, Math.min(tile, total - at), at == 0, tensors);
        }
    }

    private void runTile(int at, int count, boolean first, PassTensors tensors) {
        load(at, count, tensors);
        for (int i = 0; i < steps.length; i++) {
            steps[i].run(
                    tileStarts[outputs[i]],
                    tileStarts[operandsA[i]],
                    tileStarts[operandsB[i]],
                    tileStarts[operandsC[i]],
                    count);
        }
        for (int i = 0; i < reducedA.length; i++) {
            reduce(i, count, first);
        }
        for (int i = 0; i < targets.length; i++) {
            int from = tileStarts[storeRegisters[i]];
            if (targets[i] == TilePass.Target.SPILL) {
                System.arraycopy(file, from, file, tileStarts[storesFrom + i], count);
            } else {
                store(i, from, at, count, tensors);
            }
        }
    }

    private void load(int at, int count, PassTensors tensors) {
        for (int i = 0; i < loads.length; i++) {
            tensors.of(loads[i]).buffer().get(at, file, tileStarts[loadRegisters[i]], count);
        }
    }

    private void reduce(int i, int count, boolean first) {
        Scratch.Accumulator sums = accumulators[i];
        int a = tileStarts[reducedA[i]];
        if (hasVariance[i]) {
            if (first) {
                int floats = Math.min(count, shape.row());
                Sums.add(sums.sums(), file, a, floats, shape.row());
                sums.shiftByMean(floats, shape);
                sums.clear(shape.row());
            }
            Sums.addShifted(sums.sums(), sums.squares(), sums.shift(), file, a, count, shape.row());
        } else if (reducedB[i] >= 0) {
            Sums.addProducts(sums.sums(), file, a, file, tileStarts[reducedB[i]], count, shape.row());
        } else {
            Sums.add(sums.sums(), file, a, count, shape.row());
        }
    }

    private void store(int i, int from, int at, int count, PassTensors tensors) {
        NativeFloats tensor = tensors.of(targets[i]);
        boolean add = tensors.accumulate() && targets[i] == TilePass.Target.INPUT_DERIVATIVE;
        tensor.buffer().put(at, file, add ? accumulated(tensor, from, at, count) : from, count);
    }

    /** Adds a tile to the contents of its tensor; returns the index in the file of the sum. */
    private int accumulated(NativeFloats tensor, int from, int at, int count) {
        int sum = scratch.accumulation();
        tensor.buffer().get(at, file, sum, count);
        Kernel.ADD.run(file, sum, file, sum, file, from, file, from, VectorFunctions.padded(count));
        return sum;
    }
}
