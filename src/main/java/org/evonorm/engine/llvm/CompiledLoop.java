package org.evonorm.engine.llvm;

import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.llvm.LLVM.LLVMMemoryManagerDestroyCallback;

/**
 * A function that LLVM has compiled, called from Java. The function takes the address of its arguments and returns
 * nothing. The machine code lives as long as this object.
 */
public final class CompiledLoop {

    /**
     * JavaCPP's form of a function pointer, two words: it calls the address in the first word. The second word serves
     * functions written in Java alone.
     */
    private final LongPointer structure = new LongPointer(2);
    /** This callback type has the right signature, one address and no result, and nothing else to do with the loop. */
    private final LLVMMemoryManagerDestroyCallback function;

    CompiledLoop(long address) {
        structure.put(0, address).put(1, 0);
        this.function = new LLVMMemoryManagerDestroyCallback(structure);
    }

    /** Runs the loop. Its {@link LoopSource} defines the memory at {@code arguments}. */
    public void run(Pointer arguments) {
        function.call(arguments);
    }
}
