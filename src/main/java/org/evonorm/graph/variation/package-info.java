/**
 * Variation of layer graphs beyond the paper's: crossover, insertion and removal of nodes, and a distribution of nodes
 * that is learned from the candidates that survived (docs/design.md, "Other proposals").
 *
 * <p>The paper's random graphs and mutation are in {@code org.evonorm.graph}; the choice of parents and operators
 * belongs to {@code org.evonorm.evolution}.
 *
 * <p>To read: {@link org.evonorm.graph.variation.Crossover}, {@link org.evonorm.graph.variation.Insertion},
 * {@link org.evonorm.graph.variation.Removal}, {@link org.evonorm.graph.variation.NodeSurvival},
 * {@link org.evonorm.graph.variation.LearnedNodes}.
 */
package org.evonorm.graph.variation;
