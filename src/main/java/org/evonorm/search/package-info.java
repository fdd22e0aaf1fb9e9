/**
 * The search: settings from HOCON, the loop of generations, and a generation as a Spark job: propose, filter, train the
 * survivors in all networks, reduce to fitness vectors, select, commit. What a task does to a candidate stands behind
 * {@link org.evonorm.search.CandidateEvaluator}; what is shown of all this is an observer's business. A rerank takes the
 * best layers of a finished search and ranks them anew, by its own trainings.
 */
package org.evonorm.search;
