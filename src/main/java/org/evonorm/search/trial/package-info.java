/**
 * A trial: one judgement or training of a candidate, safely. It is done at most once per generation, within a time
 * bound, and in a JVM of its own where it broke a process before. Beside it stand the trainings of other commands than
 * the search, which share its results and its journal.
 *
 * <p>To read: {@link org.evonorm.search.trial.CandidateEvaluator}, {@link org.evonorm.search.trial.Trial},
 * {@link org.evonorm.search.trial.TrialResult}, {@link org.evonorm.search.trial.TrialRunner}.
 */
package org.evonorm.search.trial;
