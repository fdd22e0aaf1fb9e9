package org.evonorm.engine.cpu.tile;

import java.util.Optional;
import org.bytedeco.javacpp.LongPointer;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.pass.TilePass;

/**
 * The scratch memory of compiled passes, in native memory: arguments, one row per argument for small values and sums,
 * one row per argument for copies, and spills.
 */
final class NativeScratch extends Scratch {

    private int arguments;
    private int row;
    private Optional<Memory> memory = Optional.empty();

    /** One block of floats, one of arguments, and a row of zeros. */
    private record Memory(NativeFloats floats, LongPointer arguments, float[] zeros) {}

    @Override
    void reserveForPass(TilePass pass, TileShape shape) {
        arguments = Math.max(arguments, PassArguments.of(pass).size());
        row = Math.max(row, VectorFunctions.padded(shape.row()));
    }

    /** Allocates the memory at the first call, after all passes have reserved their parts. */
    void allocate() {
        if (memory.isEmpty()) {
            memory = Optional.of(new Memory(new NativeFloats(end()), new LongPointer(arguments), new float[row]));
        }
    }

    /** Rows and spills. */
    NativeFloats floats() {
        return memory.orElseThrow().floats();
    }

    /** The address of the float with this index in {@link #floats()}. */
    long address(int index) {
        return floats().address() + (long) index * Float.BYTES;
    }

    /** The arguments of a loop, see {@link PassArguments}. */
    LongPointer arguments() {
        return memory.orElseThrow().arguments();
    }

    /** A row of zeros. */
    float[] zeros() {
        return memory.orElseThrow().zeros();
    }

    /** Index in {@link #floats()} of the row of an argument. */
    int row(int argument) {
        return argument * (row + GAP);
    }

    /** Index in {@link #floats()} of the row for copies of an argument. */
    int copy(int argument) {
        return row(arguments + argument);
    }

    @Override
    int firstSpill() {
        return row(2 * arguments);
    }

    /** Frees the memory. */
    void close() {
        memory.ifPresent(block -> {
            block.floats().close();
            block.arguments().deallocate();
        });
        memory = Optional.empty();
    }
}
