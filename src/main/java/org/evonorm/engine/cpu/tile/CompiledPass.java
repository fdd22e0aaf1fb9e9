package org.evonorm.engine.cpu.tile;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Optional;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.CompiledLoop;
import org.evonorm.engine.llvm.LoopCompiler;
import org.evonorm.engine.pass.TilePass;
import org.evonorm.program.Operation;

/**
 * A tile pass as one compiled loop, which runs on tensors in place. The loop works on rows of whole vectors. Pixels
 * that do not fill a row, and rows that are no whole number of vectors, are copied to padded rows, and the same loop
 * runs on the copies. Loops of passes with pixel means take rows of any length in place.
 */
final class CompiledPass implements BoundPass {

    private final TilePass pass;
    private final TileShape shape;
    private final NativeScratch scratch;
    private final PassArguments layout;
    /** The rows and spills of the scratch memory. */
    private final FloatBuffer memory;

    private final LongBuffer arguments;
    private final CompiledLoop loop;
    /** The loop that adds to the derivative of the input, compiled when it is first needed. */
    private Optional<CompiledLoop> accumulatingLoop = Optional.empty();

    private final Operation[] loads;
    private final int[] reloadedSpills;
    private final TilePass.Target[] targets;
    private final boolean[] hasVariance;
    private final boolean anyVariance;
    private final float[] zeros;

    /** Whether the loop takes rows that are no whole number of vectors. */
    private final boolean anyRow;
    /** Number of rows of a sample on which the loop runs in place. */
    private final int wholeRows;
    /** Arguments for runs in place. The addresses of the tensors change from sample to sample. */
    private final long[] inPlaceArguments;
    /** Arguments for runs on copies. */
    private final long[] copyArguments;

    CompiledPass(TilePass pass, TileShape sample, NativeScratch scratch) {
        this.pass = pass;
        this.shape = sample.forPass(pass);
        this.scratch = scratch;
        this.layout = PassArguments.of(pass);
        this.memory = scratch.floats().buffer();
        this.arguments = scratch.arguments().asBuffer();
        this.loop = LoopCompiler.loop(PassLoop.of(pass, false, shape.channels()));
        this.loads = pass.loads().stream().map(TilePass.Load::tensor).toArray(Operation[]::new);
        this.reloadedSpills = pass.reloads().stream()
                .mapToInt(reload -> scratch.spill(reload.spill()))
                .toArray();
        this.targets = pass.stores().stream().map(TilePass.Store::target).toArray(TilePass.Target[]::new);
        this.hasVariance = new boolean[pass.reductions().size()];
        boolean any = false;
        for (int i = 0; i < hasVariance.length; i++) {
            hasVariance[i] = pass.reductions().get(i).variance().isPresent();
            any |= hasVariance[i];
        }
        this.anyVariance = any;
        this.zeros = scratch.zeros();
        this.anyRow = pass.hasPixelMeans();
        this.wholeRows =
                anyRow || shape.row() % VectorFunctions.WIDTH == 0 ? shape.area() * shape.channels() / shape.row() : 0;
        this.inPlaceArguments = new long[layout.size()];
        this.copyArguments = new long[layout.size()];
        bindArguments();
    }

    private void bindArguments() {
        for (int i = 0; i < layout.size(); i++) {
            boolean isBroadcast = i >= layout.broadcast(0) && i < layout.store(0);
            inPlaceArguments[i] = scratch.address(scratch.row(i));
            copyArguments[i] = isBroadcast ? inPlaceArguments[i] : scratch.address(scratch.copy(i));
        }
        for (int i = 0; i < reloadedSpills.length; i++) {
            inPlaceArguments[layout.reload(i)] = scratch.address(reloadedSpills[i]);
        }
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] == TilePass.Target.SPILL) {
                inPlaceArguments[layout.store(i)] = scratch.address(spillStart(i));
            }
        }
        inPlaceArguments[PassArguments.ROW] = shape.row();
        inPlaceArguments[PassArguments.CLEAR] = 1;
        copyArguments[PassArguments.ROWS] = 1;
        copyArguments[PassArguments.CLEAR] = 0;
    }

    /** Index in the scratch memory of the spill that a store writes. */
    private int spillStart(int store) {
        return scratch.spill(pass.stores().get(store).spill().orElseThrow());
    }

    @Override
    public void broadcast(int index, float[] values, int from) {
        int row = scratch.row(layout.broadcast(index));
        for (int c = 0; c < shape.row(); c += shape.channels()) {
            memory.put(row + c, values, from, shape.channels());
        }
    }

    @Override
    public void run(int start, PassTensors tensors) {
        int total = shape.area() * shape.channels();
        if (anyVariance) {
            findShifts(start, Math.min(shape.row(), total), tensors);
        }
        CompiledLoop selected = tensors.accumulate() && pass.writesInputDerivative() ? accumulatingLoop() : loop;
        if (wholeRows > 0) {
            runInPlace(selected, wholeRows, start, tensors);
        } else {
            clearSums();
        }
        for (int at = wholeRows * shape.row(); at < total; at += shape.row()) {
            int count = Math.min(shape.row(), total - at);
            copyAccumulated(start + at, count, tensors);
            runOnCopies(selected, start, at, count, tensors);
            storeCopies(start, at, count, tensors);
        }
        readSums();
    }

    private CompiledLoop accumulatingLoop() {
        if (accumulatingLoop.isEmpty()) {
            accumulatingLoop = Optional.of(LoopCompiler.loop(PassLoop.of(pass, true, shape.channels())));
        }
        return accumulatingLoop.get();
    }

    /** Runs in place on the first {@code rows} rows of a sample; sums start at 0. */
    private void runInPlace(CompiledLoop selected, int rows, int start, PassTensors tensors) {
        long bytes = (long) start * Float.BYTES;
        for (int i = 0; i < loads.length; i++) {
            inPlaceArguments[layout.load(i)] = tensors.of(loads[i]).address() + bytes;
        }
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] != TilePass.Target.SPILL) {
                inPlaceArguments[layout.store(i)] = tensors.of(targets[i]).address() + bytes;
            }
        }
        inPlaceArguments[PassArguments.ROWS] = rows;
        arguments.put(0, inPlaceArguments);
        selected.run(scratch.arguments());
    }

    // ---- sums

    private void clearSums() {
        for (int i = 0; i < hasVariance.length; i++) {
            clear(layout.sums(i));
            if (hasVariance[i]) {
                clear(layout.squares(i));
            }
        }
    }

    private void clear(int argument) {
        memory.put(scratch.row(argument), zeros, 0, shape.row());
    }

    /**
     * Finds the shifts of the variances: the means of the first {@code count} floats of a sample, at most a row. To get
     * them, the loop runs on these floats with shifts of 0.
     */
    private void findShifts(int start, int count, PassTensors tensors) {
        for (int i = 0; i < hasVariance.length; i++) {
            clear(layout.shift(i));
        }
        if (wholeRows > 0 && !pass.writesInputDerivative()) {
            // Stores of this run are harmless: the full run overwrites them.
            runInPlace(loop, 1, start, tensors);
        } else {
            clearSums();
            runOnCopies(loop, start, 0, count, tensors);
        }
        readSums();
        for (int i = 0; i < hasVariance.length; i++) {
            if (hasVariance[i]) {
                Scratch.Accumulator sums = scratch.accumulator(i);
                sums.shiftByMean(count, shape);
                memory.put(scratch.row(layout.shift(i)), sums.shift(), 0, shape.row());
            }
        }
    }

    private void readSums() {
        for (int i = 0; i < hasVariance.length; i++) {
            Scratch.Accumulator sums = scratch.accumulator(i);
            memory.get(scratch.row(layout.sums(i)), sums.sums(), 0, shape.row());
            if (hasVariance[i]) {
                memory.get(scratch.row(layout.squares(i)), sums.squares(), 0, shape.row());
            }
        }
    }

    // ---- copies

    /**
     * Runs on copies of {@code count} floats of a sample, at most a row. Sums are copied back to their rows; stores
     * stay in the copies, see {@link #storeCopies}.
     */
    private void runOnCopies(CompiledLoop selected, int start, int at, int count, PassTensors tensors) {
        for (int i = 0; i < loads.length; i++) {
            copy(layout.load(i), tensors.of(loads[i]).buffer(), start + at, count);
        }
        for (int i = 0; i < reloadedSpills.length; i++) {
            copy(layout.reload(i), memory, reloadedSpills[i] + at, count);
        }
        for (int i = layout.sums(0); i < layout.size(); i++) {
            copy(i, memory, scratch.row(i), count);
        }
        copyArguments[PassArguments.ROW] = anyRow ? count : VectorFunctions.padded(count);
        arguments.put(0, copyArguments);
        selected.run(scratch.arguments());
        for (int i = layout.sums(0); i < layout.size(); i++) {
            memory.put(scratch.row(i), memory, scratch.copy(i), count);
        }
    }

    /** Copies the derivatives to which the loop adds. */
    private void copyAccumulated(int from, int count, PassTensors tensors) {
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] == TilePass.Target.INPUT_DERIVATIVE) {
                copy(layout.store(i), tensors.inputDerivative().buffer(), from, count);
            }
        }
    }

    private void storeCopies(int start, int at, int count, PassTensors tensors) {
        for (int i = 0; i < targets.length; i++) {
            int from = scratch.copy(layout.store(i));
            if (targets[i] == TilePass.Target.SPILL) {
                memory.put(spillStart(i) + at, memory, from, count);
            } else {
                tensors.of(targets[i]).buffer().put(start + at, memory, from, count);
            }
        }
    }

    private void copy(int argument, FloatBuffer from, int at, int count) {
        memory.put(scratch.copy(argument), from, at, count);
    }
}
