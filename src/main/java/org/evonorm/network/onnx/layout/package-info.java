/**
 * The order in which tensors of a graph hold the activations of a network's operators. Exporters write transposes,
 * reshapes, slices and squeezes in many ways; here each of them turns one {@link org.evonorm.network.onnx.layout.Layout}
 * into another, so that one rule per operator suffices.
 *
 * <p>Nothing here knows files or networks.
 */
package org.evonorm.network.onnx.layout;
