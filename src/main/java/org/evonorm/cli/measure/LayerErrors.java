package org.evonorm.cli.measure;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.evonorm.engine.cpu.LayerRun;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.Nudges;
import org.evonorm.graph.Probe;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.TensorShape;
import org.evonorm.graph.simplification.Simplification;

/**
 * The largest relative errors of a layer on random inputs, for {@code evonorm check}. An error is NaN if a value is.
 * What an error is relative to is the business of {@link ErrorScale}.
 *
 * @param finiteDifferences error of the reference's gradients against central finite differences
 * @param values            error of the engine's output in training mode against the reference
 * @param gradients         error of the engine's gradients against the reference
 * @param evaluation        error of the engine's output in evaluation mode against the reference
 */
public record LayerErrors(double finiteDifferences, double values, double gradients, double evaluation) {

    /** A shape without powers of two, and with channels that do not fill a vector: such sizes are the ones to check. */
    private static final TensorShape SHAPE = new TensorShape(5, 7, 6, 24);
    /** Half the distance of float32 numbers at 1. */
    private static final double ROUNDING = 0x1p-24;
    /** Evaluations with nudges. In a single one, nudges may cancel by chance. */
    private static final int NUDGED = 4;

    /** Measures a layer on the inputs of a seed. */
    public static LayerErrors of(Layer layer, long seed) {
        return of(layer, seed, UnaryOperator.identity());
    }

    /**
     * As {@link #of(Layer, long)}, with changes to what the engine computes.
     *
     * @param change is applied to the engine's results in training mode
     */
    static LayerErrors of(Layer layer, long seed, UnaryOperator<LayerRun> change) {
        Layer simplified = Simplification.of(layer).layer();
        double finiteDifferences = new FiniteDifferences(simplified, Probe.seeded(seed)).error();
        return engine(simplified, new SplittableRandom(seed), finiteDifferences, change);
    }

    /** The largest error; NaN if one is. */
    public double largest() {
        return Math.max(Math.max(finiteDifferences, values), Math.max(gradients, evaluation));
    }

    /** The tensors of a gradient, in the order x, v0, v1, gamma, beta. */
    static List<double[]> tensors(ReferenceEvaluation.Gradient gradient) {
        ChannelVectors vectors = gradient.vectors();
        return List.of(gradient.x(), vectors.v0(), vectors.v1(), vectors.gamma(), vectors.beta());
    }

    /** The inputs of an evaluation in both modes. */
    private record Inputs(double[] x, double[] dy, ChannelVectors vectors, double[] otherX) {

        static Inputs random(Layer layer, SplittableRandom random) {
            int channels = SHAPE.channels();
            return new Inputs(
                    gaussians(random, SHAPE.size(), 1.5, 0.3),
                    gaussians(random, SHAPE.size(), 1, 0),
                    layer.vectors()
                            .fit(new ChannelVectors(
                                    gaussians(random, channels, 0.5, 0), gaussians(random, channels, 0.5, 1),
                                    gaussians(random, channels, 0.5, 1), gaussians(random, channels, 0.5, 0))),
                    // Another input, so that evaluation mode has other values than training mode.
                    gaussians(random, SHAPE.size(), 1.2, -0.2));
        }
    }

    /** The tensors that the reference computes from the inputs. */
    private record Results(double[] output, ReferenceEvaluation.Gradient gradient, double[] evaluation) {

        static Results of(
                Layer layer, ReferenceEvaluation reference, Inputs inputs, Map<Integer, double[]> statistics) {
            return new Results(
                    reference.train(layer, inputs.x(), inputs.vectors()),
                    reference.gradient(inputs.dy()),
                    reference.evaluate(layer, inputs.otherX(), inputs.vectors(), statistics));
        }
    }

    private static LayerErrors engine(
            Layer layer, SplittableRandom random, double finiteDifferences, UnaryOperator<LayerRun> change) {
        Inputs inputs = Inputs.random(layer, random);
        ReferenceEvaluation reference = new ReferenceEvaluation(SHAPE);
        reference.train(layer, inputs.x(), inputs.vectors());
        Map<Integer, double[]> statistics = reference.batchStatistics();
        Results exact = Results.of(layer, reference, inputs, statistics);
        ReferenceEvaluation nudging = new ReferenceEvaluation(SHAPE, new Nudges(random, ROUNDING));
        List<Results> nudged = Stream.generate(() -> Results.of(layer, nudging, inputs, statistics))
                .limit(NUDGED)
                .toList();

        LayerRun training = change.apply(
                LayerRun.training(layer, SHAPE, floats(inputs.x()), inputs.vectors(), floats(inputs.dy()), 1));
        LayerRun evaluation = LayerRun.evaluation(
                layer,
                SHAPE,
                floats(inputs.otherX()),
                inputs.vectors(),
                statistics.values().stream().map(LayerErrors::floats).toList(),
                1);
        ChannelVectors found = training.gradient();
        List<float[]> gradients = List.of(
                training.dx(), floats(found.v0()), floats(found.v1()), floats(found.gamma()), floats(found.beta()));
        double floor = ErrorScale.floor(tensors(exact.gradient()));
        return new LayerErrors(
                finiteDifferences,
                error(training.output(), Results::output, exact, nudged, 0),
                IntStream.range(0, gradients.size())
                        .mapToDouble(i -> error(
                                gradients.get(i),
                                results -> tensors(results.gradient()).get(i),
                                exact,
                                nudged,
                                floor))
                        .max()
                        .orElseThrow(),
                error(evaluation.output(), Results::evaluation, exact, nudged, 0));
    }

    /** The largest error of one tensor of the results. */
    private static double error(
            float[] found, Function<Results, double[]> tensor, Results exact, List<Results> nudged, double floor) {
        double[] values = tensor.apply(exact);
        ErrorScale scale = ErrorScale.of(values, floor)
                .withCancelledTerms(nudged.stream().map(tensor).toList(), ROUNDING);
        double largest = 0;
        for (int i = 0; i < values.length; i++) {
            largest = Math.max(largest, scale.relative(found[i], i));
        }
        return largest;
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
}
