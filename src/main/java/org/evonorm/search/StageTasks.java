package org.evonorm.search;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.evolution.Candidate;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.search.progress.Stage;
import org.evonorm.search.progress.StageProgress;
import org.evonorm.store.Journal;

/** The Spark tasks of a generation's costly stages, of which a generation that was cut off repeats none. */
record StageTasks(JavaSparkContext spark, Journal journal, StageProgress progress, int generation) {

    /** The order of tasks: layers with more nodes take longer, so they start first. */
    static final Comparator<Candidate> LARGEST_FIRST = Comparator.comparingInt((Candidate candidate) ->
                    -CanonicalForm.of(candidate.layer().graph()).nodes().size())
            .thenComparing(Candidate.EVALUATION_ORDER);

    /** Results that one task reads from the journal, which takes milliseconds per result. */
    private static final int JOURNALLED_PER_TASK = 200;

    /**
     * Distributes the work of a stage: first one task per item that is not in the journal, in the order given, then one
     * task per 200 items that are, which read their results there.
     *
     * @param steps optimizer steps of each item; 0 if items are to be counted when they end
     * @param key   the journal's key of an item's last result
     */
    <W> JavaRDD<W> of(Stage stage, int steps, List<W> work, Function<W, String> key) {
        Set<String> journalled = journal.keys();
        Map<Boolean, List<W>> byDone =
                work.stream().collect(Collectors.partitioningBy(item -> journalled.contains(key.apply(item))));
        List<W> done = byDone.get(true);
        List<W> left = byDone.get(false);
        JavaRDD<W> all = spark.parallelize(left, Math.max(1, left.size()));
        if (!done.isEmpty()) {
            all = all.union(spark.parallelize(done, (done.size() + JOURNALLED_PER_TASK - 1) / JOURNALLED_PER_TASK));
        }
        return progress.watch(generation, stage, left.size(), left.size(), steps, all);
    }
}
