/**
 * LLVM: intermediate representation as text, and the just-in-time compiler that makes machine code of it.
 *
 * <p>Nothing here knows layers: a loop is compiled from whatever a {@link org.evonorm.engine.llvm.LoopSource} writes.
 *
 * <p>To read: {@link org.evonorm.engine.llvm.LoopSource}, {@link org.evonorm.engine.llvm.VectorIr},
 * {@link org.evonorm.engine.llvm.LoopCompiler}.
 */
package org.evonorm.engine.llvm;
