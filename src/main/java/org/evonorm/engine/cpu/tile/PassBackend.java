package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.llvm.LoopCompiler;
import org.evonorm.engine.pass.TilePass;

/**
 * The back end of one worker: it runs tile passes in scratch memory of its own. {@link CompiledBackend} compiles a pass
 * to one loop; {@link KernelBackend} stands in where LLVM does not load, and gives the same bits.
 */
public sealed interface PassBackend extends AutoCloseable permits CompiledBackend, KernelBackend {

    /** A back end of compiled passes, or of kernels where LLVM does not load. */
    static PassBackend create() {
        return LoopCompiler.isAvailable() ? new CompiledBackend() : new KernelBackend();
    }

    /** The memory in which the passes work and leave their sums. */
    Scratch scratch();

    /** Binds a pass to this back end's scratch memory. All passes must have reserved their parts before. */
    BoundPass bind(TilePass pass, TileShape shape);

    /** Frees native memory. */
    @Override
    void close();
}
