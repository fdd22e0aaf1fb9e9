/**
 * The search: the loop of generations, and a generation as named stages on Spark, from proposals to the commit.
 *
 * <p>Trials, Spark's side and progress are rooms of their own: {@code trial}, {@code spark}, {@code progress}.
 *
 * <p>To read: {@link org.evonorm.search.Search}, {@code Generation}, {@code Proposer}, {@code CostlyFilters},
 * {@code TrainingTask}, {@code HurdleTrainings}.
 */
package org.evonorm.search;
