/**
 * A run's folder on any Hadoop file system (DESIGN, section 7): the three Parquet tables with their schemas, the
 * commit records that say which generations count, the settings that the run was started with, and reading all of it
 * back as domain values. A generation counts once its commit record stands; whatever else lies in the folder is a
 * leftover that the next attempt overwrites. The trainings of reranks have a table of their own, which only grows. The
 * journal of a generation and the states of trainings on partitioned data lie there while they are needed. How a
 * generation or a rerank comes about is not known here.
 */
package org.evonorm.store;
