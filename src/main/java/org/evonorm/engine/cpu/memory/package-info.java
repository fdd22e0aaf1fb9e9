/**
 * Native memory of a model: floats outside the heap, tensors and their reuse, and the worker threads with the slices of
 * the batch that they own.
 *
 * <p>Nothing here computes.
 */
package org.evonorm.engine.cpu.memory;
