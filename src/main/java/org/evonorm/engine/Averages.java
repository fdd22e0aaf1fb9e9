package org.evonorm.engine;

/**
 * The moving average of one batch aggregate at one place: [C] values of the flat vector of averages.
 *
 * @param operator index of the place in the network
 * @param node     which of the layer's distinct batch aggregates it is, in the order of the canonical graph
 * @param channels number of values
 * @param offset   index of the first value
 */
public record Averages(int operator, int node, int channels, int offset) {}
