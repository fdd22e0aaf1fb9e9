package org.evonorm.search.progress;

import java.util.List;
import org.evonorm.evolution.Evaluated;

/** An observer that passes every call on to two others, in order. */
record BothObservers(SearchObserver first, SearchObserver second) implements SearchObserver {

    @Override
    public void preparing(String work) {
        first.preparing(work);
        second.preparing(work);
    }

    @Override
    public void imagesLoaded(String sizes) {
        first.imagesLoaded(sizes);
        second.imagesLoaded(sizes);
    }

    @Override
    public void noted(String sentence) {
        first.noted(sentence);
        second.noted(sentence);
    }

    @Override
    public void searchStarted(String folder, int committed) {
        first.searchStarted(folder, committed);
        second.searchStarted(folder, committed);
    }

    @Override
    public void baselinesTrained(List<Evaluated> baselines) {
        first.baselinesTrained(baselines);
        second.baselinesTrained(baselines);
    }

    @Override
    public void bestFound(Evaluated best) {
        first.bestFound(best);
        second.bestFound(best);
    }

    @Override
    public void generationStarted(int generation) {
        first.generationStarted(generation);
        second.generationStarted(generation);
    }

    @Override
    public void stageAdvanced(int generation, Stage stage, int done, int total) {
        first.stageAdvanced(generation, stage, done, total);
        second.stageAdvanced(generation, stage, done, total);
    }

    @Override
    public void trainingsRunning(int generation, double trainings) {
        first.trainingsRunning(generation, trainings);
        second.trainingsRunning(generation, trainings);
    }

    @Override
    public void generationCommitted(GenerationSummary summary) {
        first.generationCommitted(summary);
        second.generationCommitted(summary);
    }
}
