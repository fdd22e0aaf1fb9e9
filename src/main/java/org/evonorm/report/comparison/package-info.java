/**
 * The comparison of runs: one HTML page with their figures, the settings in which they differ, their progress, fronts
 * and reranks beside each other. Runs are read and drawn as in the report of one run.
 *
 * <p>To read: {@link org.evonorm.report.comparison.Comparison}, {@code ComparedRun}, {@code ComparisonPage}.
 */
package org.evonorm.report.comparison;
