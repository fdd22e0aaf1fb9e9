/**
 * Layers as graphs: primitives, random graphs and mutation, the baselines by name, the text, JSON and LaTeX forms, the
 * canonical form and identity of a layer, and the float64 reference that every engine is held to.
 *
 * <p>Nothing here knows tensors of an engine, images or Spark.
 *
 * <p>To read: {@link org.evonorm.graph.Primitive}, {@link org.evonorm.graph.LayerGraph},
 * {@link org.evonorm.graph.Layer}, {@link org.evonorm.graph.CanonicalLayer}, {@link org.evonorm.graph.Formula},
 * {@link org.evonorm.graph.ReferenceEvaluation}.
 */
package org.evonorm.graph;
