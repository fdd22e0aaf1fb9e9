/**
 * The proxy task (DESIGN section 3): stochastic gradient descent with Nesterov momentum, its learning rates, and one
 * training run of one layer in one network with the accuracy that it reaches, as a whole or as the rounds and parts of a
 * training on partitioned data. It knows engines only by their contract,
 * and nothing of candidates, filters, Spark or files.
 */
package org.evonorm.training;
