/**
 * Lowering: a layer graph becomes a program of elementwise operations, means over the channels of a pixel, means and
 * variances over (w, h) and small operations on their results, together with its reverse-mode derivative.
 *
 * <p>A program is computed once per layer. Nothing here knows sizes, tensors or engines.
 *
 * <p>To read: {@link org.evonorm.program.Operation}, {@link org.evonorm.program.Extent},
 * {@link org.evonorm.program.Program}, {@link org.evonorm.program.LayerLowering}.
 */
package org.evonorm.program;
