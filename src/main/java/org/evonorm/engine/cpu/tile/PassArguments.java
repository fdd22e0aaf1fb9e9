package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.pass.TilePass;

/**
 * Where a compiled pass finds what it works on: whole numbers of 64 bits, first two sizes and a choice, then addresses of
 * floats.
 *
 * @param reloads    number of the first spill that is read; the others follow
 * @param broadcasts of the first row of small values
 * @param stores     of the first tensor or spill that is written
 * @param reductions of the first reduction's sums, squares and shift, a row each
 * @param size       how many arguments there are
 */
record PassArguments(int reloads, int broadcasts, int stores, int reductions, int size) {

    /** Number of rows, at least 1. */
    static final int ROWS = 0;
    /** Floats of a row, a multiple of the vector width. */
    static final int ROW = 1;
    /** Whether sums begin with 0, else with what their rows hold: 1 or 0. */
    static final int CLEAR = 2;

    private static final int LOADS = 3;
    private static final int ROWS_OF_A_REDUCTION = 3;

    static PassArguments of(TilePass pass) {
        int reloads = LOADS + pass.loads().size();
        int broadcasts = reloads + pass.reloads().size();
        int stores = broadcasts + pass.broadcasts().size();
        int reductions = stores + pass.stores().size();
        return new PassArguments(
                reloads,
                broadcasts,
                stores,
                reductions,
                reductions + ROWS_OF_A_REDUCTION * pass.reductions().size());
    }

    /** The tensor of a load. */
    int load(int i) {
        return LOADS + i;
    }

    /** A spill that is read. */
    int reloads(int i) {
        return reloads + i;
    }

    /** A small value, repeated over a row. */
    int broadcast(int i) {
        return broadcasts + i;
    }

    /** The tensor or spill of a store. */
    int store(int i) {
        return stores + i;
    }

    int sums(int reduction) {
        return reductions + ROWS_OF_A_REDUCTION * reduction;
    }

    /** For a variance, sums of squares of distances from the shift. */
    int squares(int reduction) {
        return sums(reduction) + 1;
    }

    /** For a variance, what distances are measured from. */
    int shift(int reduction) {
        return sums(reduction) + 2;
    }
}
