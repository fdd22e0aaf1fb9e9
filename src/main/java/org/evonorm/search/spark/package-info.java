/**
 * Spark's side of a search: job groups and progress of tasks, idle time of executors, resources and GPUs of trainings,
 * images for executors, interruption.
 *
 * <p>Nothing here knows generations or candidates.
 */
package org.evonorm.search.spark;
