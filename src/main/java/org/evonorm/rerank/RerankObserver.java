package org.evonorm.rerank;

import org.evonorm.store.ScoredOn;

/**
 * An observer of a rerank. Calls come one at a time, from the thread that runs it and from a thread of Spark, and
 * should return soon.
 */
public interface RerankObserver {

    /** An observer that does nothing. */
    RerankObserver SILENT = new RerankObserver() {};

    /** The rerank prepares itself by this work, as by reading the images, until the next call. */
    default void preparing(String work) {}

    /** The images are there; {@link org.evonorm.data.DatasetFacts#sizes} tells how many. */
    default void imagesLoaded(String sizes) {}

    /** A sentence on a difference between the run and the rerank, for the user. */
    default void noted(String sentence) {}

    /** The rerank begins, of {@code found} layers of the run and {@code baselines} baselines. */
    default void rerankStarted(String folder, int found, int baselines) {}

    /**
     * The trainings scored on {@code images} begin: {@code missing} are to be done, {@code known} were done before, and
     * {@code failed} failed before and are not tried again.
     */
    default void scoringStarted(ScoredOn images, int missing, int known, int failed) {}

    /** {@code done} of the {@code missing} trainings are done. */
    default void scoringAdvanced(ScoredOn images, int done, int missing) {}

    /**
     * The trainings that run have together taken as many steps as {@code trainings} whole ones; called every few
     * seconds, and after each training that ends.
     */
    default void trainingsRunning(ScoredOn images, double trainings) {}
}
