package org.evonorm.search.progress;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.search.spark.TaskProgress;

/** The progress of the stages of a generation, passed on to the observer of the search. */
public final class StageProgress extends TaskProgress {

    private final SearchObserver observer;
    private int generation;

    public StageProgress(JavaSparkContext spark, SearchObserver observer) {
        super(spark);
        this.observer = observer;
    }

    /**
     * Begins a stage of {@code total} proposals, candidates or trainings, which the partitions of {@code rdd} share
     * evenly.
     */
    public <T> JavaRDD<T> watch(int ofGeneration, Stage stage, int total, JavaRDD<T> rdd) {
        return watch(ofGeneration, stage, total, rdd.getNumPartitions(), 0, rdd);
    }

    /**
     * Begins a stage that the first {@code tasks} partitions of {@code rdd} share; the others hold work done before.
     *
     * @param steps optimizer steps of each task; 0 if tasks are to be counted when they end
     */
    public <T> JavaRDD<T> watch(int ofGeneration, Stage stage, int total, int tasks, int steps, JavaRDD<T> rdd) {
        return watch(new Work(label(ofGeneration, stage), total, tasks, steps), rdd, listener(ofGeneration, stage));
    }

    /** The label of a stage's jobs; later jobs belong to its generation. */
    public String label(int ofGeneration, Stage stage) {
        generation = ofGeneration;
        return "generation " + ofGeneration + ": " + stage.title();
    }

    /** The listener that passes the progress of a stage on to the observer. */
    public Listener listener(int ofGeneration, Stage stage) {
        return new Listener() {
            @Override
            public void advanced(int done, int total) {
                observer.stageAdvanced(ofGeneration, stage, done, total);
            }

            @Override
            public void running(double units) {
                observer.trainingsRunning(ofGeneration, units);
            }
        };
    }

    /** Ends the stage that began last; later jobs belong to the commit of the generation. */
    public void finish() {
        finish("generation " + generation + ": commit");
    }
}
