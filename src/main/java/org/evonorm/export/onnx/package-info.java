/**
 * The export to ONNX: a layer in evaluation mode as a model for ONNX Runtime and others.
 *
 * <p>To read: {@link org.evonorm.export.onnx.OnnxModel}, {@code EvaluationGraph}.
 */
package org.evonorm.export.onnx;
