package org.evonorm.cli.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.evonorm.data.Batch;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.engine.UpdateRule;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.evonorm.training.NesterovSgd;

/**
 * The times of training steps.
 *
 * @param threads    threads of one training
 * @param sideBySide trainings of one layer that take a step at once
 */
public record StepTiming(Engine engine, int threads, int sideBySide) {

    /** Updates with rate 0 cost as much as others and keep all steps equal: nothing diverges without normalization. */
    private static final UpdateRule RULE = new NesterovSgd(0, 0.9f, 1e-4f);

    /**
     * Measures steps on one batch; the layers take turns.
     *
     * @param warmup      unmeasured steps of each layer
     * @param repetitions measured steps of each layer
     * @param taken       receives the number of steps taken, after each step
     * @return milliseconds per step, [layer][repetition]
     */
    public double[][] milliseconds(
            Network network, List<Layer> layers, Batch batch, int warmup, int repetitions, IntConsumer taken)
            throws InterruptedException, ExecutionException {
        double[][] times = new double[layers.size()][repetitions];
        ExecutorService trainings = Executors.newFixedThreadPool(sideBySide);
        List<List<Model>> models = new ArrayList<>();
        try {
            for (Layer layer : layers) {
                models.add(Stream.generate(() -> engine.build(network, layer, threads, 1))
                        .limit(sideBySide)
                        .toList());
            }
            for (int step = -warmup; step < repetitions; step++) {
                for (int i = 0; i < layers.size(); i++) {
                    double time = step(trainings, models.get(i), batch);
                    if (step >= 0) {
                        times[i][step] = time;
                    }
                    taken.accept((step + warmup) * layers.size() + i + 1);
                }
            }
        } finally {
            awaitSteps(trainings);
            models.forEach(ofLayer -> ofLayer.forEach(Model::close));
        }
        return times;
    }

    /** Waits for steps that an interrupt left running, since a model must not be closed under its own step. */
    private static void awaitSteps(ExecutorService trainings) {
        trainings.shutdown();
        boolean interrupted = false;
        while (!trainings.isTerminated()) {
            try {
                trainings.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Milliseconds until all models have done a step. */
    private static double step(ExecutorService trainings, List<Model> models, Batch batch)
            throws InterruptedException, ExecutionException {
        List<Callable<Void>> steps = models.stream()
                .<Callable<Void>>map(model -> () -> {
                    model.lossAndGradient(batch);
                    model.update(RULE);
                    return null;
                })
                .toList();
        long start = System.nanoTime();
        for (Future<Void> done : trainings.invokeAll(steps)) {
            done.get();
        }
        return (System.nanoTime() - start) * 1e-6;
    }

    /** The median of the values. */
    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
