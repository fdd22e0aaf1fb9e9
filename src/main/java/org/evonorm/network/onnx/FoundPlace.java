package org.evonorm.network.onnx;

/**
 * A normalization that was found in a file.
 *
 * @param name          path of the module in the exporting program, or the node's name
 * @param normalization operator of the node, as BatchNormalization
 * @param activation    the activation that follows and belongs to the place; {@code none} without one
 * @param operator      index of the place in the network
 * @param chosen        whether candidates fill it; else it is a linear place
 */
public record FoundPlace(String name, String normalization, String activation, int operator, boolean chosen) {}
