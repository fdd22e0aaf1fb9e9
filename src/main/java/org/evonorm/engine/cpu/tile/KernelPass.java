package org.evonorm.engine.cpu.tile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.vector.Kernel;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.pass.TilePass;
import org.evonorm.program.Operation;

/**
 * A tile pass by kernels, one after the other over each tile, where passes cannot be compiled. Registers' places in the
 * scratch file are in plain arrays: passes run over many small tiles, so that looking things up would take as long as
 * computing.
 */
final class KernelPass implements BoundPass {

    private final TileShape shape;
    private final KernelScratch scratch;
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

    private final TilePass.Target[] targets;
    private final int[] storeRegisters;

    /** Where tiles start, by register and, from {@link #firstStore} on, by store. */
    private final int[] places;

    private final int firstStore;
    private final int[] broadcasts;
    /** Which of these lie in a spill, so that they move on with the tiles of a sample, and where the spill starts. */
    private final int[] moving;

    private final int[] spills;

    KernelPass(TilePass pass, TileShape shape, KernelScratch scratch) {
        this.shape = shape;
        this.scratch = scratch;
        this.file = scratch.file();
        this.loads = pass.loads().stream().map(TilePass.Load::tensor).toArray(Operation[]::new);
        this.loadRegisters =
                pass.loads().stream().mapToInt(TilePass.Load::register).toArray();
        List<TilePass.Step> steps = pass.steps();
        this.kernels = steps.stream().map(step -> Kernel.of(step.operation())).toArray(Kernel[]::new);
        this.outs = steps.stream().mapToInt(TilePass.Step::out).toArray();
        this.as = steps.stream().mapToInt(TilePass.Step::a).toArray();
        this.bs = steps.stream().mapToInt(TilePass.Step::b).toArray();
        this.cs = steps.stream().mapToInt(TilePass.Step::c).toArray();
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
        this.firstStore = pass.registers();
        this.places = IntStream.range(0, firstStore + stores.size())
                .map(scratch::register)
                .toArray();
        this.broadcasts = pass.broadcasts().stream()
                .mapToInt(broadcast -> places[broadcast.register()])
                .toArray();
        Map<Integer, Integer> spillOf = spillsByPlace(pass);
        this.moving = spillOf.keySet().stream().mapToInt(Integer::intValue).toArray();
        this.spills = spillOf.values().stream().mapToInt(scratch::spill).toArray();
    }

    private static Map<Integer, Integer> spillsByPlace(TilePass pass) {
        Map<Integer, Integer> spills = new LinkedHashMap<>();
        pass.reloads().forEach(reloads -> spills.put(reloads.register(), reloads.spill()));
        for (int i = 0; i < pass.stores().size(); i++) {
            int place = pass.registers() + i;
            pass.stores().get(i).spill().ifPresent(spill -> spills.put(place, spill));
        }
        return spills;
    }

    @Override
    public void broadcast(int index, float[] values, int from) {
        shape.repeat(values, from, file, broadcasts[index], shape.tile());
    }

    @Override
    public void run(int start, PassTensors tensors) {
        for (Scratch.Accumulator sums : accumulators) {
            sums.clear(shape.row());
        }
        int total = shape.area() * shape.channels();
        int tile = shape.tile();
        for (int at = 0; at < total; at += tile) {
            for (int i = 0; i < moving.length; i++) {
                places[moving[i]] = spills[i] + at;
            }
            runTile(start + at, Math.min(tile, total - at), at == 0, tensors);
        }
    }

    private void runTile(int at, int count, boolean first, PassTensors tensors) {
        load(at, count, tensors);
        int padded = VectorFunctions.padded(count);
        for (int i = 0; i < kernels.length; i++) {
            kernels[i].run(
                    file, places[outs[i]], file, places[as[i]], file, places[bs[i]], file, places[cs[i]], padded);
        }
        for (int i = 0; i < reducedA.length; i++) {
            reduce(i, count, first);
        }
        for (int i = 0; i < targets.length; i++) {
            int from = places[storeRegisters[i]];
            if (targets[i] == TilePass.Target.SPILL) {
                System.arraycopy(file, from, file, places[firstStore + i], count);
            } else {
                store(i, from, at, count, tensors);
            }
        }
    }

    private void load(int at, int count, PassTensors tensors) {
        for (int i = 0; i < loads.length; i++) {
            tensors.of(loads[i]).buffer().get(at, file, places[loadRegisters[i]], count);
        }
    }

    private void reduce(int i, int count, boolean first) {
        Scratch.Accumulator sums = accumulators[i];
        int a = places[reducedA[i]];
        if (hasVariance[i]) {
            if (first) {
                int some = Math.min(count, shape.row());
                Sums.add(sums.sums(), file, a, some, shape.row());
                sums.shiftByMean(some, shape);
                sums.clear(shape.row());
            }
            Sums.addShifted(sums.sums(), sums.squares(), sums.shift(), file, a, count, shape.row());
        } else if (reducedB[i] >= 0) {
            Sums.addProducts(sums.sums(), file, a, file, places[reducedB[i]], count, shape.row());
        } else {
            Sums.add(sums.sums(), file, a, count, shape.row());
        }
    }

    private void store(int i, int from, int at, int count, PassTensors tensors) {
        NativeFloats tensor = tensors.of(targets[i]);
        boolean add = tensors.accumulate() && targets[i] == TilePass.Target.INPUT_DERIVATIVE;
        tensor.buffer().put(at, file, add ? withPresent(tensor, from, at, count) : from, count);
    }

    /** Adds a tile to what its tensor holds, and says where the sum is. */
    private int withPresent(NativeFloats tensor, int from, int at, int count) {
        int sum = scratch.accumulation();
        tensor.buffer().get(at, file, sum, count);
        Kernel.ADD.run(file, sum, file, sum, file, from, file, from, VectorFunctions.padded(count));
        return sum;
    }
}
