package org.evonorm.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.data.Batch;
import org.evonorm.engine.Model;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.network.Operator;
import org.evonorm.store.LocalSpark;
import org.evonorm.training.NesterovSgd;
import org.evonorm.training.StateAverage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameter averaging in local Spark, compared with models of the same engine that take the same steps. */
@Tag("long")
class ParameterAveragingTest {

    /** Includes depthwise weights, whose order differs between DL4J and the engines' layout. */
    private static final Network SMALL = new Network(
            "small",
            List.of(
                    new Operator.Convolution(Operator.IMAGES, 8, 3, 1, 1),
                    new Operator.Place(0),
                    new Operator.Convolution(1, 8, 3, 2, 8),
                    new Operator.Place(2),
                    new Operator.GlobalAveragePool(3),
                    new Operator.Dense(4, 10)));

    private static final int IMAGES = 6;
    private static final int SIZE = 10;
    private static final long SEED = 5;
    /** Rates that rise and fall: an update rule that mixes rates with velocities gives other parameters. */
    private static final double[] RATES = {0.02, 0.06, 0.1, 0.08, 0.04, 0.01};
    /** Weight decay, large enough to show after a few steps. */
    private static final double DECAY = 0.02;

    private final JavaSparkContext spark =
            JavaSparkContext.fromSparkContext(LocalSpark.session(2).sparkContext());

    /** Draws a batch of its own for each step of each worker. */
    private record Drawn(int from, int to) implements ParameterAveraging.Worker {

        @Override
        public OptionalInt gpu() {
            return OptionalInt.empty();
        }

        @Override
        public Iterator<Batch> batches(int worker) {
            return IntStream.range(from, to)
                    .mapToObj(step -> batch(worker, step))
                    .iterator();
        }
    }

    private static Batch batch(int worker, int step) {
        return Batches.random(IMAGES, SIZE, 100 * worker + step);
    }

    private static Network mobileNet() {
        return AnchorNetworks.of("mobilenetv2", new NetworkScale(0.1, 0.1, NetworkScale.Variant.CIFAR), 10);
    }

    private float[] averaged(Network network, Layer layer, int workers, int localSteps) {
        List<Integer> numbers = IntStream.range(0, workers).boxed().toList();
        try (ParameterAveraging averaging = new ParameterAveraging(
                spark,
                network,
                layer,
                SEED,
                workers,
                new ParameterAveraging.SgdSettings(IMAGES, localSteps, RATES, 0.9, DECAY))) {
            for (int from = 0; from < RATES.length; from += localSteps) {
                int to = Math.min(from + localSteps, RATES.length);
                averaging.round(from, spark.parallelize(numbers, workers), new Drawn(from, to));
            }
            return averaging.state();
        }
    }

    private static float[] expected(Network network, Layer layer, int workers, int localSteps) {
        try (Model model = new Dl4jEngine().build(network, layer, 1, SEED)) {
            for (int from = 0; from < RATES.length; from += localSteps) {
                float[] shared = model.state();
                List<float[]> states = new ArrayList<>();
                int to = Math.min(from + localSteps, RATES.length);
                for (int worker = 0; worker < workers; worker++) {
                    model.setState(shared, from);
                    for (int step = from; step < to; step++) {
                        model.lossAndGradient(batch(worker, step));
                        model.update(new NesterovSgd((float) RATES[step], 0.9f, (float) DECAY));
                    }
                    states.add(model.state());
                }
                model.setState(StateAverage.of(states), to);
            }
            return model.state();
        }
    }

    /** Compares parameters, velocities and running statistics, each by its norm. */
    private static void assertAgree(float[] expected, float[] actual, ParameterLayout layout) {
        int parameters = layout.parameterCount();
        assertEquals(expected.length, actual.length);
        int[] ends = {parameters, 2 * parameters, 2 * parameters + layout.runningStatisticCount()};
        for (int part = 0, from = 0; part < ends.length; from = ends[part++]) {
            double difference = 0;
            double norm = 0;
            for (int i = from; i < ends[part]; i++) {
                difference += Math.pow((double) expected[i] - actual[i], 2);
                norm += Math.pow(expected[i], 2);
            }
            assertTrue(
                    Math.sqrt(difference) <= 1e-4 * Math.sqrt(norm),
                    "part " + part + " differs by " + Math.sqrt(difference) + " of " + Math.sqrt(norm));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EvoNorm-B0", "BN-Swish", "EvoNorm-S0"})
    void oneWorkerThatIsAveragedAtEveryStepTrainsAsTheEngineDoes(String name) {
        Layer layer = LayerName.parse(name);
        assertAgree(expected(SMALL, layer, 1, 1), averaged(SMALL, layer, 1, 1), ParameterLayout.of(SMALL, layer));
    }

    /** The last round is shorter than the others. */
    @Test
    void twoWorkersTakeStepsOfTheirOwnBetweenAverages() {
        Network network = mobileNet();
        Layer layer = LayerName.parse("EvoNorm-B1");
        assertAgree(expected(network, layer, 2, 4), averaged(network, layer, 2, 4), ParameterLayout.of(network, layer));
    }

    @Test
    void twoWorkersLearn() {
        double[] rates = new double[24];
        Arrays.fill(rates, 0.2);
        try (ParameterAveraging averaging = new ParameterAveraging(
                spark,
                SMALL,
                LayerName.parse("EvoNorm-S0"),
                SEED,
                2,
                new ParameterAveraging.SgdSettings(IMAGES, 3, rates, 0.9, 1e-4))) {
            List<Double> losses = new ArrayList<>();
            for (int round = 0; round < 8; round++) {
                // Each round has the same batches.
                losses.add(averaging.round(3 * round, spark.parallelize(List.of(0, 1), 2), new Drawn(0, 3)));
            }
            assertTrue(losses.get(7) < 0.95 * losses.get(0), losses.toString());
        }
    }
}
