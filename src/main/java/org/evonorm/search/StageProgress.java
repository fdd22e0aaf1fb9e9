package org.evonorm.search;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.RDDInfo;
import scala.collection.JavaConverters;

/**
 * Names Spark's job groups by generation and stage, and tells an observer how many tasks of the stage are done. Tasks
 * are those that compute an RDD which {@link #watch} named.
 */
final class StageProgress extends SparkListener {

    private final JavaSparkContext spark;
    private final SearchObserver observer;
    private final Set<Integer> sparkStages = new HashSet<>();
    private final BitSet done = new BitSet();
    private String watched = "";
    private int generation;
    private Stage stage = Stage.PROPOSE;
    private int tasks;
    private int total;

    StageProgress(JavaSparkContext spark, SearchObserver observer) {
        this.spark = spark;
        this.observer = observer;
    }

    /** Begins a stage of {@code total} candidates or trainings that the partitions of {@code rdd} share evenly. */
    <T> JavaRDD<T> watch(int ofGeneration, Stage begun, int ofTotal, JavaRDD<T> rdd) {
        return watch(ofGeneration, begun, ofTotal, rdd.getNumPartitions(), rdd);
    }

    /** As the other, where the first {@code ofTasks} partitions share them; what the others hold was done before. */
    synchronized <T> JavaRDD<T> watch(int ofGeneration, Stage begun, int ofTotal, int ofTasks, JavaRDD<T> rdd) {
        String label = "generation " + ofGeneration + ": " + begun.title();
        spark.setJobGroup(label, label + " (" + ofTotal + ")", true);
        sparkStages.clear();
        done.clear();
        watched = label;
        generation = ofGeneration;
        stage = begun;
        tasks = ofTasks;
        total = ofTotal;
        observer.stageAdvanced(generation, stage, 0, total);
        return rdd.setName(label);
    }

    /** Ends the stage begun last. Jobs that follow belong to the bookkeeping of the generation. */
    synchronized void finish() {
        watched = "";
        observer.stageAdvanced(generation, stage, total, total);
        label("generation " + generation + ": commit");
    }

    /** Names the jobs that follow, in Spark's UI and for their cancellation. */
    void label(String label) {
        spark.setJobGroup(label, label, true);
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
        for (RDDInfo rdd : JavaConverters.seqAsJavaList(event.stageInfo().rddInfos())) {
            if (!watched.isEmpty() && rdd.name().equals(watched)) {
                sparkStages.add(event.stageInfo().stageId());
            }
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
        // A task may succeed twice, when executors are lost, and several Spark stages may read the RDD.
        if (watched.isEmpty() || !sparkStages.contains(event.stageId()) || !event.taskInfo().successful()
                || event.taskInfo().index() >= tasks || done.get(event.taskInfo().index())) {
            return;
        }
        done.set(event.taskInfo().index());
        observer.stageAdvanced(generation, stage, (int) ((long) total * done.cardinality() / tasks), total);
    }
}
