package org.evonorm.engine.llvm;

import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.llvm.LLVM.LLVMMemoryManagerDestroyCallback;

/** A function that LLVM has compiled, of an address where it finds its arguments. */
public final class CompiledLoop {

    /** JavaCPP calls what the first word of a function pointer's structure points to; the second is for Java's functions. */
    private final LongPointer structure = new LongPointer(2);
    /** Any type of functions that take one address and return nothing. */
    private final LLVMMemoryManagerDestroyCallback function;

    CompiledLoop(long address) {
        structure.put(0, address).put(1, 0);
        this.function = new LLVMMemoryManagerDestroyCallback(structure);
    }

    /** Runs the loop; its source says what the arguments are. */
    public void run(Pointer arguments) {
        function.call(arguments);
    }
}
