/**
 * The rerank: a run's best layers and the baselines, trained anew in larger networks from several seeds (paper,
 * appendix C).
 *
 * <p>To read: {@link org.evonorm.rerank.Rerank}, {@code RerankTask}, {@code LargeNetworkTrainer}.
 */
package org.evonorm.rerank;
