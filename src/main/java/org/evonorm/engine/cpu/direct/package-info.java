/**
 * Direct convolutions of few channels, compiled by LLVM: forward pass, data gradient and weight gradient, dense and
 * depthwise.
 *
 * <p>To read: {@link org.evonorm.engine.cpu.direct.DirectConvolution}, {@code Axis}, {@code CorrelationLoop}.
 */
package org.evonorm.engine.cpu.direct;
