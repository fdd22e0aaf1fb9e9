/**
 * The proxy task (docs/design.md, "Proxy task"): stochastic gradient descent with Nesterov momentum, learning-rate
 * schedules, one training of a layer in a network, and local SGD on partitioned data.
 *
 * <p>Engines are known by their contract alone. Nothing here knows candidates, filters, Spark or files.
 *
 * <p>To read: {@link org.evonorm.training.ProxyTask}, {@link org.evonorm.training.TrainingSettings},
 * {@link org.evonorm.training.NesterovSgd}, {@link org.evonorm.training.LocalSgd}.
 */
package org.evonorm.training;
