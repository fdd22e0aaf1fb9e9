package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.pass.TilePass;

/**
 * The back end of kernels, which works in a Java array. It serves platforms without LLVM and tests of compiled passes.
 */
public final class KernelBackend implements PassBackend {

    private final KernelScratch scratch = new KernelScratch();

    @Override
    public KernelScratch scratch() {
        return scratch;
    }

    @Override
    public BoundPass bind(TilePass pass, TileShape shape) {
        return new KernelPass(pass, shape, scratch);
    }

    @Override
    public void close() {}
}
