/**
 * What a layer is: primitives and layer graphs, the two families of the search space, random graphs and their
 * mutation, the known layers, the text, JSON and LaTeX forms, the canonical form and the identity of a candidate, and
 * a plain float64 evaluation with gradients that states what a graph means (DESIGN section 2). Everything here works
 * on single graphs and tensors of a few hundred values. Nothing here knows of networks, images, engines, training or
 * Spark, and nothing here is made for speed on whole activations: that is the task of the engines.
 */
package org.evonorm.graph;
