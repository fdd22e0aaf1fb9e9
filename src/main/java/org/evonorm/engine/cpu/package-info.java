/**
 * The CPU engine: convolutions by oneDNN, and layers by a tile machine that evaluates their programmes over pieces small
 * enough for the first-level cache, with a fixed set of vectorized kernels, so that nothing is compiled for a candidate.
 * Activations are NHWC in native memory. Worker threads take slices of the batch and meet only where a batch aggregate or
 * a weight gradient needs them all. No search, no data set and no optimizer rule is known here.
 */
package org.evonorm.engine.cpu;
