package org.evonorm.engine;

/**
 * The running statistic of one batch aggregate at one place: its range [C] in the flat vector of running statistics. A
 * layer reads it in evaluation mode (docs/design.md, "Evaluation mode").
 *
 * @param operator index of the place in the network
 * @param node     number of the batch aggregate among the distinct batch aggregates of the layer, in the order of the
 *                 canonical graph
 * @param channels number of values
 * @param offset   index of the first value
 */
public record RunningStatistic(int operator, int node, int channels, int offset) {}
