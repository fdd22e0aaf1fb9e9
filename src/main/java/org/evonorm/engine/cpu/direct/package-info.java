/**
 * Direct convolutions, compiled by LLVM for their shape: forward pass, data gradient and weight gradient, dense and
 * depthwise.
 *
 * <p>To read: {@link org.evonorm.engine.cpu.direct.DirectConvolution}, {@code Axis}, {@code CorrelationLoop}.
 */
package org.evonorm.engine.cpu.direct;
