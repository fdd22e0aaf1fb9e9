package org.evonorm.engine.cpu;

/**
 * Neighbouring operations of a tile pass as one compiled loop, whose intermediate values stay in the processor's registers.
 * It does the same as the kernels of these operations, in the same order, and gives the same bits.
 */
interface FusedLoop {

    /**
     * Computes, reduces and stores whole rows of a tile.
     *
     * @param file the register file
     * @param at   by register, where its tile starts in the file, then the same by store; of broadcasts one row is read
     * @param sums by reduction, what is added to
     * @param rows number of rows
     * @param row  floats of a row, a multiple of the vector width
     */
    void run(float[] file, int[] at, Scratch.Accumulator[] sums, int rows, int row);
}
