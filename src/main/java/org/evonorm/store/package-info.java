/**
 * A run's folder on any Hadoop file system (docs/run-folder.md): the three Parquet tables, the commit records that say
 * which generations count, the text of {@code run.conf}, the lease, the journal of a generation, the states of
 * trainings on partitioned data, and the tables of reranks and calibrations. Spark writes tables; they are read back as
 * domain objects without it, but for {@link org.evonorm.store.Originals}, which may be millions.
 *
 * <p>A generation counts once its commit record exists, a batch of a rerank or calibration once its record does. No
 * file of either is written or deleted again; files that no record lists are deleted. Nothing here knows how a
 * generation, a rerank or a calibration comes about.
 *
 * <p>To read: {@link org.evonorm.store.RunFolder}, {@link org.evonorm.store.Table},
 * {@link org.evonorm.store.GenerationWriter}, {@link org.evonorm.store.RunTables}, {@link org.evonorm.store.RunLease}.
 */
package org.evonorm.store;
