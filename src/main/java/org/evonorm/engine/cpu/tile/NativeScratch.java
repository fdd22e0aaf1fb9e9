package org.evonorm.engine.cpu.tile;

import java.util.Optional;
import org.bytedeco.javacpp.LongPointer;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.pass.TilePass;

/** What compiled passes need in native memory: arguments, rows of small values and of sums, rows for copies, and spills. */
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

    /** Allocates the memory, once, when all that was reserved is known. */
    void allocate() {
        if (memory.isEmpty()) {
            memory = Optional.of(new Memory(new NativeFloats(end()), new LongPointer(arguments), new float[row]));
        }
    }

    NativeFloats floats() {
        return memory.orElseThrow().floats();
    }

    /** The address of a place in {@link #floats()}. */
    long address(int place) {
        return floats().address() + (long) place * Float.BYTES;
    }

    LongPointer arguments() {
        return memory.orElseThrow().arguments();
    }

    /** What clears a row. */
    float[] zeros() {
        return memory.orElseThrow().zeros();
    }

    /** Where a row starts that belongs to the argument of this number. */
    int row(int argument) {
        return argument * (row + GAP);
    }

    /** Where a row starts that takes copies for the argument of this number. */
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
