/**
 * The recognition of what exporters write as several nodes: activations, normalizations and masks of random numbers.
 *
 * <p>Nothing here knows operators of networks.
 */
package org.evonorm.network.onnx.pattern;
