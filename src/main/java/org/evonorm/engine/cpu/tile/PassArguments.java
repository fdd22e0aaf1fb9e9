package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.pass.PixelPhases;
import org.evonorm.engine.pass.TilePass;

/**
 * The order of the arguments of a compiled pass. Arguments are integers of 64 bits: the number of rows, the length of a
 * row, whether to clear the sums, and then addresses of floats, in the order loads, reloads, broadcasts, stores, rows of
 * kept values and reductions.
 *
 * @param reloads    number of the argument of the first reload; the others follow
 * @param broadcasts number of the argument of the first broadcast
 * @param stores     number of the argument of the first store
 * @param kept       number of the argument of the first row of kept values, see {@link PixelPhases}
 * @param reductions number of the first argument of the first reduction; each has three rows: sums, squares and shift
 * @param size       number of arguments
 */
record PassArguments(int reloads, int broadcasts, int stores, int kept, int reductions, int size) {

    /** The argument with the number of rows, at least 1. */
    static final int ROWS = 0;
    /** The argument with the number of floats per row, a multiple of the vector width. */
    static final int ROW = 1;
    /** The argument that is 1 if sums start at 0, and 0 if sums go on from the contents of their rows. */
    static final int CLEAR = 2;

    private static final int LOADS = 3;
    private static final int ROWS_PER_REDUCTION = 3;

    /** The order of the arguments of a pass. */
    static PassArguments of(TilePass pass) {
        int reloads = LOADS + pass.loads().size();
        int broadcasts = reloads + pass.reloads().size();
        int stores = broadcasts + pass.broadcasts().size();
        int kept = stores + pass.stores().size();
        int reductions = kept + (pass.hasPixelMeans() ? PixelPhases.of(pass).rows() : 0);
        return new PassArguments(
                reloads,
                broadcasts,
                stores,
                kept,
                reductions,
                reductions + ROWS_PER_REDUCTION * pass.reductions().size());
    }

    /** The address of the tensor of load {@code i}. */
    int load(int i) {
        return LOADS + i;
    }

    /** The address of the spill of reload {@code i}. */
    int reload(int i) {
        return reloads + i;
    }

    /** The address of the row of broadcast {@code i}: a small value [C], repeated over the row. */
    int broadcast(int i) {
        return broadcasts + i;
    }

    /** The address of the tensor or spill of store {@code i}. */
    int store(int i) {
        return stores + i;
    }

    /** The address of the row of kept values with this number. */
    int kept(int row) {
        return kept + row;
    }

    /** The address of the row of sums of a reduction; for a variance, sums of distances from the shift. */
    int sums(int reduction) {
        return reductions + ROWS_PER_REDUCTION * reduction;
    }

    /** The address of the row of squares of a variance: sums of squared distances from the shift. */
    int squares(int reduction) {
        return sums(reduction) + 1;
    }

    /** The address of the row of the shift of a variance. */
    int shift(int reduction) {
        return sums(reduction) + 2;
    }
}
