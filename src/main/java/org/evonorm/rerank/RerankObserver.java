package org.evonorm.rerank;

import org.evonorm.store.ScoredOn;

/**
 * Hears how a rerank goes. Calls come one at a time, from the thread that runs it and from a thread of Spark, and
 * should return soon.
 */
public interface RerankObserver {

    /** Hears nothing. */
    RerankObserver SILENT = new RerankObserver() {};

    /** Layers of the run and baselines are about to be trained. */
    default void rerankStarted(String folder, int found, int baselines) {}

    /** So many trainings that end in a score on these images are missing, and {@code known} were done before. */
    default void scoringStarted(ScoredOn images, int missing, int known) {}

    /** So many of the missing trainings are done. */
    default void scoringAdvanced(ScoredOn images, int done, int missing) {}
}
