/**
 * Evolution: candidates and their status, fitness, hurdles, Pareto fronts, tournaments, reproduction, the sliding
 * window, and the seeds of every random choice.
 *
 * <p>Nothing here trains, stores or distributes anything.
 *
 * <p>To read: {@link org.evonorm.evolution.Candidate}, {@link org.evonorm.evolution.Fitness}, {@link
 * org.evonorm.evolution.ParetoFront}, {@link org.evonorm.evolution.SlidingWindow}, {@link
 * org.evonorm.evolution.MatingPool}, {@link org.evonorm.evolution.Reproduction}, {@link
 * org.evonorm.evolution.RandomSource}.
 */
package org.evonorm.evolution;
