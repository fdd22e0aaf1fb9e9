package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.pass.TilePass;

/** Registers and spills of kernels: one array. */
final class KernelScratch extends Scratch {

    /**
     * The register file is one array of at least this many floats: collectors that divide the heap into regions then
     * place it at the start of one, so that its alignment is known and vectors do not straddle cache lines.
     */
    private static final int LEAST_FILE = 1 << 20;
    /** Floats from an array's start to the next cache line, past its header of 16 bytes. */
    private static final int TO_LINE = 12;

    private float[] file = new float[0];
    private int registers;
    private int tile;

    @Override
    void reserveForPass(TilePass pass, TileShape shape) {
        registers = Math.max(registers, pass.registers());
        tile = Math.max(tile, Math.max(shape.capacity(), shape.paddedChannels()));
        if (file.length < end()) {
            file = new float[Math.max(LEAST_FILE, end())];
        }
    }

    /** The array that holds all registers. */
    float[] file() {
        return file;
    }

    /** Where a register starts in the file. */
    int register(int number) {
        return TO_LINE + number * (VectorFunctions.padded(tile) + GAP);
    }

    /** Where the tile starts that is used for adding to what a tensor holds. */
    int accumulation() {
        return register(registers);
    }

    @Override
    int firstSpill() {
        return register(registers + 1);
    }
}
