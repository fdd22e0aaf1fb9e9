/**
 * Functions on vectors of Java's Vector API, and the kernels that loop over arrays with them.
 *
 * <p>They are the second implementation of {@link org.evonorm.engine.pass.TileOperation}: compiled passes give the same
 * bits.
 */
package org.evonorm.engine.cpu.vector;
