package org.evonorm.engine.llvm;

/**
 * The description of a loop, which writes the loop's code. It is the key of the cache of compiled loops: equal sources
 * have one loop.
 */
public interface LoopSource {

    /**
     * Writes a module in the text form of LLVM's intermediate representation.
     *
     * @param function name of the only function of the module; it takes the address of its arguments and returns
     *                 nothing
     */
    String ir(String function);
}
