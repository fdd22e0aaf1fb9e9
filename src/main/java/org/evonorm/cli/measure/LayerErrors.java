package org.evonorm.cli.measure;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import org.evonorm.engine.cpu.LayerRun;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.Probe;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.TensorShape;

/**
 * The largest relative errors of a layer on random inputs, for {@code evonorm check}. An error is NaN if a value is.
 * Errors are relative to the size of a value plus the mean size in its tensor.
 *
 * @param finiteDifferences error of the reference's gradients against central finite differences
 * @param values            error of the engine's output in training mode against the reference
 * @param gradients         error of the engine's gradients against the reference
 * @param evaluation        error of the engine's output in evaluation mode against the reference
 */
public record LayerErrors(double finiteDifferences, double values, double gradients, double evaluation) {

    /** Steps of the differences. Rounding spoils small steps and curvature large ones, so the best step counts. */
    private static final double[] STEPS = {1e-4, 1e-5, 1e-6, 1e-7};
    /** A shape without powers of two, and with channels that do not fill a vector: such sizes are the ones to check. */
    private static final TensorShape ENGINE_SHAPE = new TensorShape(5, 7, 6, 24);

    /** Measures a layer on the inputs of a seed. */
    public static LayerErrors of(Layer layer, long seed) {
        Layer canonical = CanonicalLayer.of(layer).layer();
        return engine(canonical, new SplittableRandom(seed), finiteDifferences(canonical, Probe.seeded(seed)));
    }

    /** The largest error; NaN if one is. */
    public double largest() {
        return Math.max(Math.max(finiteDifferences, values), Math.max(gradients, evaluation));
    }

    private static double finiteDifferences(Layer layer, Probe probe) {
        ReferenceEvaluation evaluation = new ReferenceEvaluation(probe.shape());
        ChannelVectors vectors = probe.vectors();
        double[] dy = probe.outputGradient();
        evaluation.train(layer, probe.x(), vectors);
        ReferenceEvaluation.Gradient gradient = evaluation.gradient(dy);
        // The values of the probe's arrays are changed in place, one at a time.
        DoubleSupplier loss = () -> {
            double[] y = evaluation.train(layer, probe.x(), vectors);
            double sum = 0;
            for (int i = 0; i < y.length; i++) {
                sum += dy[i] * y[i];
            }
            return sum;
        };
        ChannelVectors by = gradient.vectors();
        double error = differenceError(probe.x(), gradient.x(), loss);
        error = Math.max(error, differenceError(vectors.v0(), by.v0(), loss));
        error = Math.max(error, differenceError(vectors.v1(), by.v1(), loss));
        error = Math.max(error, differenceError(vectors.gamma(), by.gamma(), loss));
        return Math.max(error, differenceError(vectors.beta(), by.beta(), loss));
    }

    private static double differenceError(double[] inputs, double[] gradient, DoubleSupplier loss) {
        double scale = meanSize(gradient);
        double largest = 0;
        for (int i = 0; i < inputs.length; i++) {
            double smallest = Double.POSITIVE_INFINITY;
            for (double step : STEPS) {
                smallest = Math.min(smallest, relative(gradient[i], difference(inputs, i, step, loss), scale));
            }
            largest = Math.max(largest, smallest);
        }
        return largest;
    }

    private static double difference(double[] inputs, int i, double step, DoubleSupplier loss) {
        double before = inputs[i];
        inputs[i] = before + step;
        double above = loss.getAsDouble();
        inputs[i] = before - step;
        double below = loss.getAsDouble();
        inputs[i] = before;
        return (above - below) / (2 * step);
    }

    private static LayerErrors engine(Layer layer, SplittableRandom random, double finiteDifferences) {
        int channels = ENGINE_SHAPE.channels();
        double[] x = gaussians(random, ENGINE_SHAPE.size(), 1.5, 0.3);
        double[] dy = gaussians(random, ENGINE_SHAPE.size(), 1, 0);
        ChannelVectors vectors = new ChannelVectors(
                gaussians(random, channels, 0.5, 0), gaussians(random, channels, 0.5, 1),
                gaussians(random, channels, 0.5, 1), gaussians(random, channels, 0.5, 0));
        ReferenceEvaluation reference = new ReferenceEvaluation(ENGINE_SHAPE);
        double[] y = reference.train(layer, x, vectors);
        ReferenceEvaluation.Gradient gradient = reference.gradient(dy);
        List<float[]> statistics = reference.batchStatistics().values().stream()
                .map(LayerErrors::floats)
                .toList();
        LayerRun training = LayerRun.training(layer, ENGINE_SHAPE, floats(x), vectors, floats(dy), 1);

        // Another input, so that evaluation mode has other values than training mode.
        double[] otherX = gaussians(random, ENGINE_SHAPE.size(), 1.2, -0.2);
        double[] otherY = reference.evaluate(layer, otherX, vectors, reference.batchStatistics());
        LayerRun evaluation = LayerRun.evaluation(layer, ENGINE_SHAPE, floats(otherX), vectors, statistics, 1);

        ChannelVectors exact = gradient.vectors();
        ChannelVectors found = training.gradient();
        double gradients = DoubleStream.of(
                        error(training.dx(), gradient.x()),
                        error(floats(found.v0()), exact.v0()),
                        error(floats(found.v1()), exact.v1()),
                        error(floats(found.gamma()), exact.gamma()),
                        error(floats(found.beta()), exact.beta()))
                .max()
                .orElseThrow();
        return new LayerErrors(
                finiteDifferences, error(training.output(), y), gradients, error(evaluation.output(), otherY));
    }

    /** Gaussian numbers that float32 represents exactly. */
    private static double[] gaussians(SplittableRandom random, int count, double deviation, double mean) {
        return DoubleStream.generate(() -> (float) (mean + deviation * random.nextGaussian()))
                .limit(count)
                .toArray();
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static double error(float[] found, double[] exact) {
        double scale = meanSize(exact);
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            largest = Math.max(largest, relative(found[i], exact[i], scale));
        }
        return largest;
    }

    private static double relative(double found, double exact, double scale) {
        return found == exact ? 0 : Math.abs(found - exact) / (Math.abs(exact) + scale);
    }

    private static double meanSize(double[] values) {
        return DoubleStream.of(values).map(Math::abs).average().orElse(0);
    }
}
