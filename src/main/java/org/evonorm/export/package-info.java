/**
 * Exports: a layer as a PyTorch, Keras or JAX module, as LaTeX, as a Graphviz graph, and the check file that the
 * modules compare themselves with.
 *
 * <p>To read: {@link org.evonorm.export.ExportFormat}, {@code StraightLine}, {@code ModuleParts}, {@code PyTorchModule},
 * and for its training mode {@code PyTorchFunction}.
 */
package org.evonorm.export;
