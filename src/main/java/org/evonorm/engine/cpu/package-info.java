/**
 * The CPU engine: convolutions by oneDNN, and layers by a tile machine that evaluates their programmes over pieces small
 * enough for the first-level cache, with a fixed set of vectorized kernels, so that no candidate waits for a compiler. What
 * runs for long is fused in the background: several kernels become one compiled loop, with the same bits as result.
 * Activations are NHWC in native memory, which goes from model to model. Worker threads take slices of the batch and meet
 * only where a batch aggregate or a weight gradient needs them all. No search, no data set and no optimizer rule is known
 * here.
 */
package org.evonorm.engine.cpu;
