package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.pass.TilePass;

/** The back end of compiled passes: LLVM compiles each pass to one loop, which works in native memory. */
public final class CompiledBackend implements PassBackend {

    private final NativeScratch scratch = new NativeScratch();

    @Override
    public NativeScratch scratch() {
        return scratch;
    }

    @Override
    public BoundPass bind(TilePass pass, TileShape shape) {
        scratch.allocate();
        return new CompiledPass(pass, shape, scratch);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
