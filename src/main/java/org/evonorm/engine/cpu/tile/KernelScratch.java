package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.pass.TilePass;

/** The scratch memory of kernels: registers and spills in one Java array, the register file. */
final class KernelScratch extends Scratch {

    /**
     * The least number of floats of the register file, 4 MiB. Garbage collectors that divide the heap into regions
     * place so large an array at the start of a region, so that its alignment is known and vectors do not straddle
     * cache lines.
     */
    private static final int MIN_FILE = 1 << 20;
    /** Floats from the first element of an array to the next cache line; the header has 16 bytes. */
    private static final int HEADER_GAP = 12;

    private float[] file = new float[0];
    private int registers;
    private int tile;

    @Override
    void reserveForPass(TilePass pass, TileShape shape) {
        registers = Math.max(registers, pass.registers());
        tile = Math.max(tile, Math.max(shape.capacity(), shape.paddedChannels()));
        if (file.length < end()) {
            file = new float[Math.max(MIN_FILE, end())];
        }
    }

    /** The register file. */
    float[] file() {
        return file;
    }

    /** Index of a register in the file. */
    int register(int number) {
        return HEADER_GAP + number * (VectorFunctions.padded(tile) + GAP);
    }

    /** Index in the file of the tile for sums with the contents of a tensor. */
    int accumulation() {
        return register(registers);
    }

    @Override
    int firstSpill() {
        return register(registers + 1);
    }
}
