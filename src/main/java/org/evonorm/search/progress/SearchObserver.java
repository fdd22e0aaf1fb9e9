package org.evonorm.search.progress;

import java.util.List;
import org.evonorm.evolution.Evaluated;

/**
 * An observer of a search. Calls come one at a time, from the thread that runs the search and from a thread of Spark,
 * and should return soon.
 */
public interface SearchObserver {

    /** An observer that does nothing. */
    SearchObserver SILENT = new SearchObserver() {};

    /** The search prepares itself by this work, as by reading the images, until the next call. */
    default void preparing(String work) {}

    /** The images are there; {@link org.evonorm.data.DatasetFacts#sizes} tells how many. */
    default void imagesLoaded(String sizes) {}

    /** A sentence on a difference between the run and its continuation, for the user. */
    default void noted(String sentence) {}

    /** The search begins, or goes on after {@code committed} generations, generation 0 included, in the folder. */
    default void searchStarted(String folder, int committed) {}

    /** The baselines are trained, by this process or an earlier one. */
    default void baselinesTrained(List<Evaluated> baselines) {}

    /**
     * {@code best} has the highest mean accuracy of the whole run; called for the first such layer and every better
     * one.
     */
    default void bestFound(Evaluated best) {}

    /** A generation begins. */
    default void generationStarted(int generation) {}

    /**
     * A stage has advanced. Its first call has {@code done} 0, its last one {@code total}. In a generation that
     * proposes in rounds, the stages up to the filters repeat in every round.
     *
     * @param done  finished proposals, candidates or trainings, at most {@code total}
     * @param total proposals, candidates or trainings of the stage
     */
    default void stageAdvanced(int generation, Stage stage, int done, int total) {}

    /**
     * The trainings that run have together taken as many steps as {@code trainings} whole ones; called every few
     * seconds in the last stage, and after each training that ends.
     */
    default void trainingsRunning(int generation, double trainings) {}

    /** A generation is committed. */
    default void generationCommitted(GenerationSummary summary) {}

    /** An observer that passes every call on, to this one first and then to {@code other}. */
    default SearchObserver and(SearchObserver other) {
        return new BothObservers(this, other);
    }
}
