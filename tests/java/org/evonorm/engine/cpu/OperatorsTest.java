package org.evonorm.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.data.Batch;
import org.evonorm.engine.Model;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.ReferenceNetwork;
import org.evonorm.graph.LayerName;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.network.Padding;
import org.evonorm.network.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loss and gradient of random networks of all operators against float64, and against differences there. */
class OperatorsTest {

    private static final CpuEngine ENGINE = new CpuEngine();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void randomNetworks(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        check(randomNetwork(random), 1 + seed % 3, random);
    }

    @ParameterizedTest
    @EnumSource
    void activations(ActivationFunction function) {
        SplittableRandom random = new SplittableRandom(1);
        Network network = new Network(
                function.name(),
                List.of(
                        new Operator.Convolution(Operator.IMAGES, 7, Window.centered(1, 1), 1, true),
                        new Operator.Activation(0, function),
                        new Operator.Convolution(1, 5, 3, 1, 1),
                        new Operator.Activation(2, function),
                        new Operator.GlobalAveragePool(3),
                        new Operator.Dense(4, 10)));
        check(network, 1, random);
    }

    /** A concatenation whose inputs repeat, and are read by others before and after. */
    @Test
    void sharedInputsOfConcatenations() {
        Network network = new Network(
                "shared",
                List.of(
                        new Operator.Convolution(Operator.IMAGES, 6, 3, 1, 1),
                        new Operator.Concatenation(List.of(0, Operator.IMAGES, 0)),
                        new Operator.Place(0),
                        new Operator.Add(2, 0),
                        new Operator.Convolution(1, 6, Window.centered(3, 1), 3, true),
                        new Operator.Add(4, 3),
                        new Operator.Concatenation(List.of(5, 4, 3)),
                        new Operator.GlobalAveragePool(6),
                        new Operator.Dense(7, 10)));
        check(network, 2, new SplittableRandom(5));
    }

    private static Network randomNetwork(SplittableRandom random) {
        List<Operator> operators = new ArrayList<>();
        operators.add(new Operator.Convolution(
                Operator.IMAGES, 12, window(random, 3, 1 + random.nextInt(2)), 1 + 2 * random.nextInt(2), true));
        for (int block = 0; block < 6; block++) {
            int last = operators.size() - 1;
            int groups = List.of(1, 2, 3, 12).get(random.nextInt(4));
            switch (random.nextInt(6)) {
                case 0 -> operators.add(new Operator.MaxPool(last, pool(random)));
                case 1 -> operators.add(new Operator.AveragePool(last, pool(random), false));
                case 2 ->
                    operators.add(new Operator.AveragePool(
                            last, new Window(3, 1 + random.nextInt(2), 1, padding(random, 3), false), true));
                case 3 -> {
                    operators.add(new Operator.Convolution(last, 8, 1, 1, 1));
                    operators.add(new Operator.Activation(last + 1, ActivationFunction.RELU));
                    operators.add(new Operator.Concatenation(List.of(last, last + 2)));
                    operators.add(new Operator.Convolution(last + 3, 12, 1, 1, 1));
                }
                case 4 -> {
                    Window same = new Window(3, 1, 2, Padding.all(2), false);
                    operators.add(new Operator.Convolution(last, 12, same, groups, random.nextBoolean()));
                    operators.add(new Operator.Add(last + 1, last));
                    operators.add(new Operator.GlobalAveragePool(last + 2));
                    operators.add(new Operator.Activation(last + 3, ActivationFunction.HARD_SIGMOID));
                    operators.add(new Operator.Scale(last + 2, last + 4));
                }
                default -> {
                    Window window = window(random, 1 + random.nextInt(5), 1 + random.nextInt(2));
                    operators.add(new Operator.Convolution(last, 12, window, groups, random.nextBoolean()));
                    operators.add(new Operator.Place(last + 1));
                }
            }
        }
        operators.add(new Operator.GlobalAveragePool(operators.size() - 1));
        operators.add(new Operator.Dense(operators.size() - 1, 10));
        return new Network("random", operators);
    }

    /** A window of random padding and dilation that fits into any image. */
    private static Window window(SplittableRandom random, int kernel, int stride) {
        int dilation = 1 + random.nextInt(2);
        int extent = (kernel - 1) * dilation + 1;
        int before = random.nextInt((extent + 1) / 2, extent + 1) - (extent > 1 ? 1 : extent);
        int after = extent - 1 - before + (before > 0 ? random.nextInt(2) : 0);
        return new Window(kernel, stride, dilation, new Padding(before, after, after, before), false);
    }

    private static Window pool(SplittableRandom random) {
        int kernel = 2 + random.nextInt(2);
        return new Window(kernel, 1 + random.nextInt(2), 1, padding(random, kernel), random.nextBoolean());
    }

    private static Padding padding(SplittableRandom random, int kernel) {
        return new Padding(kernel / 2, kernel / 2, kernel - 1 - kernel / 2, random.nextInt(kernel / 2, kernel));
    }

    /** Checks loss and gradient of a network for ten classes, and that evaluation gives the loss of training. */
    static void check(Network network, int threads, SplittableRandom random) {
        Batch batch = batch(4, 9, 8, random);
        try (Model model = ENGINE.build(network, LayerName.parse("identity"), threads, random.nextLong())) {
            float[] parameters = model.parameters();
            for (int i = 0; i < parameters.length; i++) {
                parameters[i] += (float) (0.2 * random.nextGaussian());
            }
            model.setParameters(parameters);
            ReferenceNetwork reference = new ReferenceNetwork(network, model.layout());
            double loss = reference.loss(doubles(parameters), batch);
            assertEquals(loss, model.lossAndGradient(batch), 1e-5 * loss, network.toString());
            float[] gradient = model.gradient();
            for (Parameter parameter : model.layout().parameters()) {
                checkSlope(reference, parameters, gradient, parameter, batch, random, network);
            }
            // In evaluation memory is shared, and nothing depends on the mode without batch statistics.
            assertEquals(loss, model.evaluate(batch).loss(), 1e-5 * loss, network.toString());
        }
    }

    /** The gradient along a random direction in one parameter is the slope of the reference's loss. */
    private static void checkSlope(
            ReferenceNetwork reference,
            float[] parameters,
            float[] gradient,
            Parameter parameter,
            Batch batch,
            SplittableRandom random,
            Network network) {
        double[] ahead = doubles(parameters);
        double[] behind = ahead.clone();
        double step = 1e-6;
        double expected = 0;
        double norm = 0;
        for (int i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
            double direction = random.nextGaussian();
            ahead[i] += step * direction;
            behind[i] -= step * direction;
            expected += direction * gradient[i];
            norm += (double) gradient[i] * gradient[i];
        }
        double slope = (reference.loss(ahead, batch) - reference.loss(behind, batch)) / (2 * step);
        assertTrue(
                Math.abs(slope - expected) <= 1e-4 * Math.sqrt(norm) + 1e-6,
                parameter + ": slope " + slope + ", gradient " + expected + " in " + network);
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    private static Batch batch(int count, int height, int width, SplittableRandom random) {
        float[] pixels = new float[count * height * width * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        return new Batch(count, height, width, pixels, random.ints(count, 0, 10).toArray());
    }
}
