/**
 * How a population of layers evolves (paper): Pareto fronts over the accuracies in several networks, tournaments,
 * reproduction by mutation or at random, and the sliding window of recent layers that parents come from. Pure
 * functions of their arguments and of a generator handed in; nothing here trains, reads, writes or knows Spark.
 */
package org.evonorm.evolution;
