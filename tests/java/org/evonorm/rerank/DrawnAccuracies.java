package org.evonorm.rerank;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.settings.GpuSettings;
import org.evonorm.store.ScoredOn;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;

/**
 * Accuracies that depend on layer, network, images and seed alone.
 *
 * @param broken formula of a layer that throws
 * @param millis milliseconds that a training takes
 */
record DrawnAccuracies(String broken, int millis) implements RerankTrainer {

    static final AtomicInteger TRAININGS = new AtomicInteger();
    /** Trainings before the machine breaks down; negative for a machine that never does. */
    static final AtomicInteger LEFT = new AtomicInteger(-1);

    DrawnAccuracies(String broken) {
        this(broken, 0);
    }

    static double accuracy(Layer layer, String network, ScoredOn scoredOn, long seed) {
        long hash = CandidateIdentity.id(layer).hashCode() * 31L + network.hashCode() + scoredOn.ordinal();
        return 0.6 * new SplittableRandom(hash).nextDouble() + 0.4 * new SplittableRandom(hash ^ seed).nextDouble();
    }

    @Override
    public String engine() {
        return "drawn";
    }

    @Override
    public long cost(String network) {
        return network.length();
    }

    @Override
    public TrainingResult train(Layer layer, String network, ScoredOn scoredOn, long seed) {
        LockSupport.parkNanos(millis * 1_000_000L);
        TRAININGS.incrementAndGet();
        if (LEFT.get() >= 0 && LEFT.getAndDecrement() == 0) {
            LEFT.set(0);
            throw new AssertionError("the machine broke down");
        }
        if (Formula.print(layer).equals(broken) && network.equals("mobilenetv2")) {
            throw new IllegalStateException("too large");
        }
        double accuracy = accuracy(layer, network, scoredOn, seed);
        return new TrainingResult(
                accuracy, 1 - accuracy, 5, false, List.of(new TrainingResult.CurvePoint(5, 1, accuracy)), 0.5, 7);
    }

    @Override
    public TrainingResult trainAveraged(
            JavaSparkContext context,
            GpuSettings gpus,
            Layer layer,
            String network,
            ScoredOn scoredOn,
            long seed,
            IntConsumer taken) {
        throw new AssertionError("drawn accuracies are averages of nothing");
    }

    @Override
    public PartitionTask.Result trainPart(
            Layer layer, String network, ScoredOn scoredOn, long seed, PartitionTask part) {
        throw new AssertionError("drawn accuracies have no parts");
    }
}
