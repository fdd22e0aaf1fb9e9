/**
 * Exports to Python: a layer as a PyTorch, Keras or JAX module.
 *
 * <p>To read: {@code StraightLine}, {@code ModuleParts}, {@link org.evonorm.export.python.PyTorchModule}, and for its
 * training mode {@code PyTorchFunction}.
 */
package org.evonorm.export.python;
