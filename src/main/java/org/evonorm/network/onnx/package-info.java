/**
 * Networks from files: the graph of an ONNX model, as exporters of PyTorch and others write it, translated to a
 * {@link org.evonorm.network.Network} with its places. Weights are not used.
 *
 * <p>Nothing here trains or computes with tensors; every refusal is one sentence that names the node and its operator.
 *
 * <p>To read: {@link org.evonorm.network.onnx.OnnxNetwork}, then {@code Translation}, {@code Value} and the classes of
 * kinds of nodes; the packages below have the graph, the layouts of tensors and the patterns of several nodes.
 */
package org.evonorm.network.onnx;
