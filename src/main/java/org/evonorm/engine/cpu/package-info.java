/**
 * The CPU engine: convolutions by oneDNN, and layers by a tile machine that evaluates their programmes. It goes over a sample
 * in passes, as pools and gates do; LLVM compiles each to one loop in a few milliseconds, before the first run. Where there is
 * no LLVM, a fixed set of vectorized kernels does the same over tiles small enough for the first-level cache, with the same
 * bits as result.
 * Activations are NHWC in native memory, which goes from model to model. Worker threads take slices of the batch and meet
 * only where a batch aggregate or a weight gradient needs them all. No search, no data set and no optimizer rule is known
 * here.
 */
package org.evonorm.engine.cpu;
