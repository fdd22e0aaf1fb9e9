package org.evonorm.engine;

/**
 * The running statistic of one batch aggregate at one place: [C] values of the flat vector of averages.
 *
 * @param operator index of the place in the network
 * @param node     which of the layer's distinct batch aggregates it is, in the order of the canonical graph
 * @param channels number of values
 * @param offset   index of the first value
 */
public record RunningStatistic(int operator, int node, int channels, int offset) {}
