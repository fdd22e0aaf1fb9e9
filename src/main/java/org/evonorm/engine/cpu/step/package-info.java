/**
 * The steps of a network's forward and backward run, one per operator.
 *
 * <p>A step knows its tensors and runs a worker's slice of the batch; {@code NetworkPlan} puts steps in order.
 *
 * <p>To read: {@link org.evonorm.engine.cpu.step.Step}, {@link org.evonorm.engine.cpu.step.LayerStep},
 * {@link org.evonorm.engine.cpu.step.ConvolutionStep}, {@link org.evonorm.engine.cpu.step.DirectConvolutionStep}.
 */
package org.evonorm.engine.cpu.step;
