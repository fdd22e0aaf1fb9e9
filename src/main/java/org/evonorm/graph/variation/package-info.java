/**
 * Variation of layer graphs beyond the paper's: crossover, insertion and removal of nodes.
 *
 * <p>The paper's random graphs and mutation are in {@code org.evonorm.graph}; the choice of parents and operators
 * belongs to {@code org.evonorm.evolution}.
 *
 * <p>To read: {@link org.evonorm.graph.variation.Crossover}, {@link org.evonorm.graph.variation.Insertion},
 * {@link org.evonorm.graph.variation.Removal}.
 */
package org.evonorm.graph.variation;
