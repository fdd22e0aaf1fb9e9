package org.evonorm.rejection;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.TrainingBatches;
import org.evonorm.engine.CentralDifference;
import org.evonorm.engine.OpenModel;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;

/**
 * The signal filter: one forward and one backward pass of one batch through a network with initial weights. The passes
 * tell most layers that would fail the quality filter, at a few per cent of its time (docs/design.md, "Signal filter";
 * not in the paper). A layer explodes if the gradient is large beside the weights, and collapses if all images look
 * alike in the end.
 */
public final class SignalFilter {

    private final CpuEngine engine;
    private final Network network;
    private final Dataset data;
    private final int cropSize;
    private final SignalSettings settings;
    private final int threads;
    /** Index of the network's last convolution. */
    private final int convolution;
    /** Index of the network's last place. */
    private final int place;
    /** Index of the network's last global average pool. */
    private final int pool;

    /**
     * @param network  network of the scale that the quality filter trains
     * @param data     images of the batch and their standardization
     * @param cropSize side of the random crops, in pixels
     * @param threads  threads that the passes may use
     * @throws IllegalArgumentException if the network has no convolution, place or global average pool
     */
    public SignalFilter(
            CpuEngine engine, Network network, Dataset data, int cropSize, SignalSettings settings, int threads) {
        this.engine = engine;
        this.network = network;
        this.data = data;
        this.cropSize = cropSize;
        this.settings = settings;
        this.threads = threads;
        this.convolution = last(Operator.Convolution.class);
        this.place = last(Operator.Place.class);
        this.pool = last(Operator.GlobalAveragePool.class);
    }

    /**
     * Tests a layer.
     *
     * @param seed gives the initial parameters, the images with their crops and flips, and which rejected layers are
     *             exempt
     * @return passed, or rejected with the reason; and the measured quantities
     */
    public SignalResult judge(Layer layer, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        long parameterSeed = seeds.nextLong();
        Batch batch = new TrainingBatches(
                        data.training(), data.standardization(), settings.batchSize(), cropSize, seeds.nextLong())
                .next();
        SignalTest.Taken test;
        try (OpenModel model = engine.build(network, layer, threads, parameterSeed)) {
            model.lossAndGradient(batch);
            test = measure(model);
        }
        CandidateStatus status = judge(test);
        boolean exempt = status instanceof CandidateStatus.Rejected && seeds.nextDouble() < settings.exemptShare();
        return new SignalResult(exempt ? new CandidateStatus.Passed() : status, test);
    }

    private SignalTest.Taken measure(OpenModel model) {
        Parameter weights = model.layout().of(convolution).get(0);
        double gradient = norm(model.gradient(), weights) / norm(model.parameters(), weights);
        Moments features = Moments.of(model.output(pool), settings.batchSize());
        Moments activations = Moments.of(model.output(place), settings.batchSize());
        return new SignalTest.Taken(
                gradient,
                Math.sqrt(features.varianceBetween()),
                activations.varianceBetween() / activations.meanSquare());
    }

    private int last(Class<? extends Operator> kind) {
        return IntStream.range(0, network.operators().size())
                .filter(index -> kind.isInstance(network.operators().get(index)))
                .max()
                .orElseThrow(() -> new IllegalArgumentException("the signal filter needs a network with convolutions, "
                        + "places and a global average pool, which " + network.name() + " is not"));
    }

    private static double norm(float[] values, Parameter parameter) {
        return CentralDifference.norm(
                Arrays.copyOfRange(values, parameter.offset(), parameter.offset() + parameter.size()));
    }

    private CandidateStatus judge(SignalTest.Taken test) {
        if (!List.of(test.gradient(), test.features(), test.variation()).stream()
                .allMatch(Double::isFinite)) {
            return rejected("the signal in %s was not finite", network.name());
        }
        if (test.gradient() > settings.gradient()) {
            return rejected(
                    "the gradient of the last convolution in %s was %.2g of its weights, above %.2g",
                    network.name(), test.gradient(), settings.gradient());
        }
        if (test.features() < settings.features()) {
            return rejected(
                    "the pooled features of %s differed by %.2g between images, under %.2g",
                    network.name(), test.features(), settings.features());
        }
        return test.variation() < settings.variation()
                ? rejected(
                        "between images varied %.2g of the last place's output in %s, under %.2g",
                        test.variation(), network.name(), settings.variation())
                : new CandidateStatus.Passed();
    }

    private static CandidateStatus rejected(String reason, Object... arguments) {
        return new CandidateStatus.Rejected(
                CandidateStatus.Filter.SIGNAL, String.format(Locale.ROOT, reason, arguments));
    }

    /**
     * Moments of a tensor of a batch.
     *
     * @param varianceBetween variance between the images, mean over all positions
     * @param meanSquare      mean square over all images and positions
     */
    record Moments(double varianceBetween, double meanSquare) {

        static Moments of(float[] values, int images) {
            int positions = values.length / images;
            double squares = 0;
            double deviations = 0;
            for (int position = 0; position < positions; position++) {
                double sum = 0;
                for (int image = 0; image < images; image++) {
                    sum += values[image * positions + position];
                }
                double mean = sum / images;
                for (int image = 0; image < images; image++) {
                    double value = values[image * positions + position];
                    squares += value * value;
                    deviations += (value - mean) * (value - mean);
                }
            }
            return new Moments(deviations / values.length, squares / values.length);
        }
    }
}
