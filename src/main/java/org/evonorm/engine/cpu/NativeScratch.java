package org.evonorm.engine.cpu;

import java.util.Optional;
import org.bytedeco.javacpp.LongPointer;

/** What compiled passes need in native memory: arguments, rows of small values and of sums, rows for copies, and slots. */
final class NativeScratch extends Scratch {

    /** Keeps rows from lying a multiple of 4 KiB apart, where loads wait for stores that only seem to overlap. */
    private static final int GAP = 80;

    private int arguments;
    private int row;
    private int slots;
    private int sample;
    private Optional<Memory> memory = Optional.empty();

    /** One block of floats, and one of arguments. */
    private record Memory(Floats floats, LongPointer arguments) {}

    @Override
    void reserveForPass(TilePass pass, TileShape shape) {
        arguments = Math.max(arguments, PassArguments.of(pass).size());
        row = Math.max(row, TileShape.padded(shape.row()));
        if (pass.slots() > 0) {
            slots = Math.max(slots, pass.slots());
            sample = Math.max(sample, TileShape.padded(shape.area() * shape.channels()));
        }
    }

    @Override
    BoundPass bind(TilePass pass, TileShape shape) {
        if (memory.isEmpty()) {
            memory = Optional.of(new Memory(new Floats(slot(slots)), new LongPointer(arguments)));
        }
        return new CompiledPass(pass, shape, this);
    }

    Floats floats() {
        return memory.orElseThrow().floats();
    }

    /** The address of a place in {@link #floats()}. */
    long address(int place) {
        return floats().address() + (long) place * Float.BYTES;
    }

    LongPointer arguments() {
        return memory.orElseThrow().arguments();
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
    int slot(int number) {
        return row(2 * arguments) + number * (sample + GAP);
    }

    @Override
    public void close() {
        memory.ifPresent(block -> {
            block.floats().close();
            block.arguments().deallocate();
        });
        memory = Optional.empty();
    }
}
