package org.evonorm.search.progress;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.search.spark.TaskProgress;

/** Tells an observer of the search how far the stages of its generations are. */
public final class StageProgress extends TaskProgress {

    private final SearchObserver observer;
    private int generation;

    public StageProgress(JavaSparkContext spark, SearchObserver observer) {
        super(spark);
        this.observer = observer;
    }

    /** Begins a stage of {@code total} candidates or trainings that the partitions of {@code rdd} share evenly. */
    public <T> JavaRDD<T> watch(int ofGeneration, Stage stage, int total, JavaRDD<T> rdd) {
        return watch(ofGeneration, stage, total, rdd.getNumPartitions(), rdd);
    }

    /** As the other, where the first {@code tasks} partitions share them; what the others hold was done before. */
    public <T> JavaRDD<T> watch(int ofGeneration, Stage stage, int total, int tasks, JavaRDD<T> rdd) {
        return watch(label(ofGeneration, stage), total, tasks, rdd, listener(ofGeneration, stage));
    }

    /** The name of a stage's jobs, where it has several. */
    public String label(int ofGeneration, Stage stage) {
        generation = ofGeneration;
        return "generation " + ofGeneration + ": " + stage.title();
    }

    /** What hears how far a stage is. */
    public Listener listener(int ofGeneration, Stage stage) {
        return (done, all) -> observer.stageAdvanced(ofGeneration, stage, done, all);
    }

    /** Ends the stage begun last. Jobs that follow belong to the bookkeeping of the generation. */
    public void finish() {
        finish("generation " + generation + ": commit");
    }
}
