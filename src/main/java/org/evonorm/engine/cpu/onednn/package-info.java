/**
 * Convolutions: oneDNN's primitives, the matrix products that stand in for 1×1 convolutions on AVX2, and the weight
 * gradient of depthwise convolutions, which LLVM compiles. Attention: products of batches of matrices and softmax.
 *
 * <p>To read: {@link org.evonorm.engine.cpu.onednn.ConvolutionShape},
 * {@link org.evonorm.engine.cpu.onednn.ConvolutionPrimitives}, {@link org.evonorm.engine.cpu.onednn.NativePrimitive}.
 */
package org.evonorm.engine.cpu.onednn;
