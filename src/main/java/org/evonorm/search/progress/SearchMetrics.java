package org.evonorm.search.progress;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.ParetoFront;
import org.evonorm.evolution.SlidingWindow;

/**
 * The metrics of a search, registered with Spark's driver as the source {@code evonorm}, so that every sink of a
 * metrics.conf receives them. Counters count the candidates that this process has committed; a gauge of a share or an
 * accuracy is NaN until its first value.
 */
public final class SearchMetrics implements SearchObserver, Source, AutoCloseable {

    private final MetricRegistry registry = new MetricRegistry();
    private final Counter proposed = registry.counter("proposed");
    private final Counter duplicates = registry.counter("duplicates");
    private final Map<CandidateStatus.Filter, Counter> rejected = new EnumMap<>(CandidateStatus.Filter.class);
    private final Counter failed = registry.counter("failed");
    private final Counter stopped = registry.counter("stopped");
    private final Counter trained = registry.counter("trained");
    private volatile int generation;
    private volatile int stage;
    private volatile int stageDone;
    private volatile int stageTotal;
    private volatile double stageRunning;
    private volatile int front;
    private volatile double idle = Double.NaN;
    private volatile double best = Double.NaN;
    private volatile double baseline = Double.NaN;

    private SearchMetrics() {
        for (CandidateStatus.Filter filter : CandidateStatus.Filter.values()) {
            rejected.put(filter, registry.counter("rejected." + filter.name().toLowerCase(Locale.ROOT)));
        }
        registry.register("generation", (Gauge<Integer>) () -> generation);
        registry.register("stage.number", (Gauge<Integer>) () -> stage);
        registry.register("stage.done", (Gauge<Integer>) () -> stageDone);
        registry.register("stage.total", (Gauge<Integer>) () -> stageTotal);
        registry.register("stage.running", (Gauge<Double>) () -> stageRunning);
        registry.register("front", (Gauge<Integer>) () -> front);
        registry.register("idle", (Gauge<Double>) () -> idle);
        registry.register("bestMeanAccuracy", (Gauge<Double>) () -> best);
        registry.register("baselineMeanAccuracy", (Gauge<Double>) () -> baseline);
    }

    /** Registers metrics with Spark; {@link #close} removes them. */
    public static SearchMetrics registered() {
        SearchMetrics metrics = new SearchMetrics();
        SparkEnv.get().metricsSystem().registerSource(metrics);
        return metrics;
    }

    /** Sets the gauges to what an earlier process has committed, before the search goes on. */
    public void goOnAfter(int committedGeneration, SlidingWindow window) {
        generation = committedGeneration;
        front = ParetoFront.of(window.members(), Evaluated::fitness).size();
    }

    @Override
    public String sourceName() {
        return "evonorm";
    }

    @Override
    public MetricRegistry metricRegistry() {
        return registry;
    }

    @Override
    public void baselinesTrained(List<Evaluated> baselines) {
        baseline = baselines.stream()
                .mapToDouble(trained -> trained.fitness().mean())
                .max()
                .orElse(Double.NaN);
    }

    @Override
    public void bestFound(Evaluated found) {
        best = found.fitness().mean();
    }

    @Override
    public void generationStarted(int started) {
        generation = started;
    }

    @Override
    public void stageAdvanced(int ofGeneration, Stage advanced, int done, int total) {
        stage = advanced.ordinal();
        stageDone = done;
        stageTotal = total;
        if (done == 0 || done == total) {
            stageRunning = 0;
        }
    }

    @Override
    public void trainingsRunning(int ofGeneration, double trainings) {
        stageRunning = trainings;
    }

    @Override
    public void generationCommitted(GenerationSummary summary) {
        proposed.inc(summary.proposed());
        duplicates.inc(summary.duplicates());
        rejected.forEach((filter, counter) -> counter.inc(summary.rejectedBy(filter)));
        failed.inc(summary.failed());
        stopped.inc(summary.stopped());
        trained.inc(summary.trained());
        front = summary.front().size();
        idle = summary.idle();
    }

    @Override
    public void close() {
        SparkEnv env = SparkEnv.get();
        if (env != null) {
            env.metricsSystem().removeSource(this);
        }
    }
}
