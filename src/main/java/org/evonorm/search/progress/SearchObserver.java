package org.evonorm.search.progress;

import java.util.List;
import org.evonorm.evolution.Evaluated;

/**
 * Hears how a search goes. Calls come one at a time, from the thread that runs the search and from a thread of Spark,
 * and should return soon.
 */
public interface SearchObserver {

    /** Hears nothing. */
    SearchObserver SILENT = new SearchObserver() {};

    /** The search begins, or goes on after {@code committed} generations, generation 0 included, in the folder. */
    default void searchStarted(String folder, int committed) {}

    /** The baselines are trained, in this run of the program or before. */
    default void baselinesTrained(List<Evaluated> baselines) {}

    /** The layer of the highest mean accuracy of the whole run, once there is one and when a better one is found. */
    default void bestFound(Evaluated best) {}

    /** A generation begins. */
    default void generationStarted(int generation) {}

    /**
     * So much of a stage is done; the first call has 0, the last one all. Where a generation proposes in rounds, the
     * stages up to the filters follow one another again in each.
     *
     * @param done  proposals, candidates or trainings, at most {@code total}
     */
    default void stageAdvanced(int generation, Stage stage, int done, int total) {}

    /** A generation is committed. */
    default void generationCommitted(GenerationSummary summary) {}

    /** An observer that passes on all it hears, to this one first. */
    default SearchObserver and(SearchObserver other) {
        return new BothObservers(this, other);
    }
}
