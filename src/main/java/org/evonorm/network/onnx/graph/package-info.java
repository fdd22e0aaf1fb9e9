/**
 * The graph of an ONNX model as its file has it: nodes that its output depends on, and values that do not depend on the
 * images, which are stored or computed from stored ones.
 *
 * <p>Nothing here knows networks. To read: {@link org.evonorm.network.onnx.graph.OnnxGraph}, then {@code Constants} and
 * {@code ConstantFolding}.
 */
package org.evonorm.network.onnx.graph;
