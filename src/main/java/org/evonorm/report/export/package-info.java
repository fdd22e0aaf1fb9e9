/**
 * Layers to take away: a layer as a PyTorch, Keras or JAX module with a check file of the CPU engine's values and
 * gradients beside it, as LaTeX, as a Graphviz graph and as JSON. Works on one layer and on what a run's tables say of it;
 * nothing here draws plots, reads options or runs Spark jobs.
 */
package org.evonorm.report.export;
