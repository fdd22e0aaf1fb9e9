package org.evonorm.engine.llvm;

/** What a compiled loop is written from. Equal sources stand for one loop. */
public interface LoopSource {

    /** A module in the text form of LLVM's intermediate representation, whose one function has this name. */
    String ir(String function);
}
