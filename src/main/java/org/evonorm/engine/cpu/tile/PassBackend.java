package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.llvm.LoopCompiler;
import org.evonorm.engine.pass.TilePass;

/**
 * The back end of one worker: it runs tile passes in scratch memory of its own. LLVM's back end compiles a pass to one loop;
 * the back end of kernels stands in where LLVM does not load, and gives the same bits.
 */
public sealed interface PassBackend extends AutoCloseable permits CompiledBackend, KernelBackend {

    /** A back end of the kind that this process uses: compiled passes, or kernels where LLVM does not load. */
    static PassBackend create() {
        return LoopCompiler.isAvailable() ? new CompiledBackend() : new KernelBackend();
    }

    /** The memory that the passes work in and leave their sums in. */
    Scratch scratch();

    /** A pass in this back end's memory, in which all passes must have reserved their places. */
    BoundPass bind(TilePass pass, TileShape shape);

    /** Frees native memory. */
    @Override
    void close();
}
