package org.evonorm.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.evonorm.data.Batch;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.WideSpace;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.network.Operator;
import org.evonorm.network.Padding;
import org.evonorm.network.Window;
import org.evonorm.rejection.StaticFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The CPU and the DL4J engine, which share no arithmetic, agree on the same parameters and images. */
class EnginesAgreeTest {

    private static final Engine CPU = new CpuEngine();
    private static final Engine DL4J = new Dl4jEngine();

    /** Largest difference, as a norm relative to the norm of the expected values. */
    private static final double TOLERANCE = 1e-3;
    /**
     * Batches that are tried, of which one must agree. Where a value lies within rounding of a kink or a jump, the
     * gradients of two correct engines differ; some batches have such values. An incorrect engine differs on all.
     */
    private static final int BATCHES = 4;
    /** A layer is compared if rounding its parameters once changes the gradient by less than this, relatively. */
    private static final double WELL_CONDITIONED = 1e-5;

    private static final int IMAGES = 6;
    private static final Network ONE_PLACE = new Network(
            "one place",
            List.of(
                    new Operator.Convolution(Operator.IMAGES, 24, 3, 2, 1),
                    new Operator.Place(0),
                    new Operator.Convolution(1, 8, 3, 1, 1),
                    new Operator.GlobalAveragePool(2),
                    new Operator.Dense(3, 10)));

    @ParameterizedTest
    @ValueSource(strings = {"resnet50", "mobilenetv2", "efficientnetb0"})
    void baselinesInWholeNetworks(String network) {
        for (String name : Baselines.names()) {
            assertAgree(name + " in " + network, small(network, NetworkScale.Variant.CIFAR), Baselines.get(name), 12);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet50", "mobilenetv2", "efficientnetb0"})
    void stridesAndPoolsAsPublished(String network) {
        assertAgree(network, small(network, NetworkScale.Variant.FULL), Baselines.get("EvoNorm-B0"), 33);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v1 * (x - mean_c(x)) / std_c(x) + v0",
                "x * sigmoid(v1 * x) / rms_c(x) + std_wh(mean_c(x)) * mean_wh(x - mean_c(x))",
                "max(x, mean_c(x)) * std_whcg(std_c(x)) / std_bwh(rms_c(x)) + std_c(v1) * std_c(mean_wh(x))"
            })
    void statisticsOfChannelsAlone(String formula) {
        assertAgree(formula, ONE_PLACE, Formula.parse(formula), 12);
    }

    /** Operators that networks from files bring, as far as DL4J has them. All read operator 0, which has 12 channels. */
    static Stream<Operator> operators() {
        Window even = new Window(4, 2, 1, new Padding(1, 1, 2, 2), false);
        Window gaps = new Window(3, 1, 2, Padding.all(2), false);
        Stream<Operator> windows = Stream.of(
                new Operator.Convolution(0, 12, even, 1, true),
                new Operator.Convolution(0, 12, gaps, 1, false),
                new Operator.Convolution(0, 12, Window.centered(7, 1), 12, true),
                new Operator.Convolution(0, 12, even, 12, false),
                new Operator.Convolution(0, 12, gaps, 12, false),
                new Operator.Concatenation(List.of(0, Operator.IMAGES, 0)),
                new Operator.AveragePool(0, new Window(2, 2, 1, Padding.NONE, false), false),
                new Operator.MaxPool(0, new Window(2, 1, 1, Padding.all(1), false)));
        return Stream.concat(
                windows, Stream.of(ActivationFunction.values()).map(function -> new Operator.Activation(0, function)));
    }

    @ParameterizedTest
    @MethodSource("operators")
    void operatorsOfNetworksFromFiles(Operator operator) {
        Network network = new Network(
                "one operator",
                List.of(
                        new Operator.Convolution(Operator.IMAGES, 12, 3, 1, 1),
                        operator,
                        new Operator.Convolution(1, 8, 3, 1, 1),
                        new Operator.Place(2),
                        new Operator.GlobalAveragePool(3),
                        new Operator.Dense(4, 10)));
        assertAgree(operator.toString(), network, Baselines.get("BN-Swish"), 11);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DyT", "BN-ReLU", "EvoNorm-S0"})
    void layersInConvNeXt(String layer) {
        assertAgree(layer, small("convnext", NetworkScale.Variant.CIFAR), Baselines.get(layer), 12);
        assertAgree(layer, small("convnext", NetworkScale.Variant.FULL), Baselines.get(layer), 33);
    }

    @Test
    void attentionIsRefused() {
        Network network = small("vit", NetworkScale.Variant.CIFAR);
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> new Dl4jEngine().build(network, Baselines.get("DyT"), 1, 1));
        assertTrue(e.getMessage().contains("has no attention, tokens and positions, which vit needs"), e.getMessage());
    }

    @Test
    void randomGraphsInWholeNetworks() {
        int compared = 0;
        List<Layer> graphs = randomGraphs(40);
        for (int i = 0; i < graphs.size() && compared < 12; i++) {
            String name = AnchorNetworks.ofPaper().get(i % 3);
            Network network = small(name, NetworkScale.Variant.CIFAR);
            // In dozens of places a layer may overflow or be chaotic; such layers are compared in one place.
            if (rounding(network, graphs.get(i), 12) < WELL_CONDITIONED) {
                assertAgree(Formula.print(graphs.get(i)) + " in " + name, network, graphs.get(i), 12);
                compared++;
            }
        }
        assertEquals(12, compared);
    }

    @Test
    void randomGraphsInOnePlace() {
        int compared = 0;
        for (Layer layer : randomGraphs(40)) {
            if (rounding(ONE_PLACE, layer, 10) < WELL_CONDITIONED) {
                assertAgree(Formula.print(layer) + " in one place", ONE_PLACE, layer, 10);
                compared++;
            }
        }
        assertTrue(compared >= 20, compared + " of 40 graphs were compared");
    }

    @Test
    void randomGraphsOfTheWideSpaceInOnePlace() {
        int compared = 0;
        for (Layer layer : randomGraphs(20, WideSpace::of)) {
            if (rounding(ONE_PLACE, layer, 10) < WELL_CONDITIONED) {
                assertAgree(Formula.print(layer) + " in one place", ONE_PLACE, layer, 10);
                compared++;
            }
        }
        assertTrue(compared >= 10, compared + " of 20 graphs were compared");
    }

    private static List<Layer> randomGraphs(int count) {
        return randomGraphs(count, SearchSpace::of);
    }

    private static List<Layer> randomGraphs(int count, Function<Family, SearchSpace> spaces) {
        SplittableRandom random = new SplittableRandom(3);
        StaticFilter filter = new StaticFilter();
        List<Layer> layers = new ArrayList<>();
        while (layers.size() < count) {
            Family family = layers.size() % 2 == 0 ? Family.B : Family.S;
            SearchSpace space = spaces.apply(family);
            Layer layer = space.layer(new RandomGraphs(space, 10).next(random));
            if (filter.judge(layer) instanceof CandidateStatus.Passed) {
                layers.add(layer);
            }
        }
        return layers;
    }

    private static Network small(String name, NetworkScale.Variant variant) {
        return AnchorNetworks.of(name, new NetworkScale(0.2, 0.2, variant), 10);
    }

    private static void assertAgree(String subject, Network network, Layer layer, int size) {
        List<String> differences = new ArrayList<>();
        try (Model cpu = CPU.build(network, layer, 1, 7);
                Model dl4j = DL4J.build(network, layer, 1, 8)) {
            float[] parameters = parameters(cpu);
            for (int seed = 1; seed <= BATCHES; seed++) {
                Batch batch = Batches.random(IMAGES, size, seed);
                Results expected = Results.of(cpu, parameters, batch);
                List<String> found = expected.differences(Results.of(dl4j, parameters, batch), cpu.layout());
                if (found.isEmpty()) {
                    return;
                }
                differences.addAll(found);
            }
        }
        fail(subject + ": " + differences);
    }

    /** Initial weights, and vectors that differ from their initial zeros and ones. */
    private static float[] parameters(Model model) {
        SplittableRandom random = new SplittableRandom(4);
        float[] values = model.parameters();
        for (Parameter parameter : model.layout().parameters()) {
            for (int i = 0; !parameter.role().decayed() && i < parameter.size(); i++) {
                values[parameter.offset() + i] += (float) (0.2 * random.nextGaussian());
            }
        }
        return values;
    }

    /** Relative change of the CPU engine's gradient when every parameter changes by its rounding; NaN if not finite. */
    private static double rounding(Network network, Layer layer, int size) {
        SplittableRandom random = new SplittableRandom(5);
        try (Model cpu = CPU.build(network, layer, 1, 7)) {
            float[] parameters = parameters(cpu);
            Batch batch = Batches.random(IMAGES, size, 1);
            float[] gradient = Results.of(cpu, parameters, batch).gradient;
            for (int i = 0; i < parameters.length; i++) {
                parameters[i] = random.nextBoolean() ? Math.nextUp(parameters[i]) : Math.nextDown(parameters[i]);
            }
            return distance(gradient, Results.of(cpu, parameters, batch).gradient) / norm(gradient);
        }
    }

    /** Results of a model on one batch: in training mode, and then in evaluation mode. */
    private record Results(double loss, float[] gradient, float[] runningStatistics, float[] logits) {

        static Results of(Model model, float[] parameters, Batch batch) {
            SplittableRandom random = new SplittableRandom(6);
            float[] runningStatistics = new float[model.layout().runningStatisticCount()];
            for (int i = 0; i < runningStatistics.length; i++) {
                runningStatistics[i] = (float) random.nextDouble(0.1, 1);
            }
            model.setParameters(parameters);
            model.setRunningStatistics(runningStatistics, 3);
            double loss = model.lossAndGradient(batch);
            return new Results(loss, model.gradient(), model.runningStatistics(), model.predict(batch));
        }

        List<String> differences(Results other, ParameterLayout layout) {
            List<String> found = new ArrayList<>();
            compare("loss", new float[] {(float) loss}, new float[] {(float) other.loss}, 0, found);
            compare("gradient", gradient, other.gradient, 0, found);
            for (Parameter parameter : layout.parameters()) {
                // Values that are 0 up to rounding are compared relative to all values.
                compare(
                        parameter.name(),
                        part(parameter),
                        other.part(parameter),
                        0.1 * TOLERANCE * norm(gradient),
                        found);
            }
            compare("running statistics", runningStatistics, other.runningStatistics, 0, found);
            compare("logits in evaluation mode", logits, other.logits, 0, found);
            return found;
        }

        private float[] part(Parameter parameter) {
            return Arrays.copyOfRange(gradient, parameter.offset(), parameter.offset() + parameter.size());
        }

        private static void compare(
                String name, float[] expected, float[] actual, double alsoAllowed, List<String> found) {
            double difference = distance(expected, actual);
            // Written so that NaN fails as well.
            if (!(difference <= TOLERANCE * norm(expected) + alsoAllowed)) {
                found.add(name + " differs by " + difference + " of " + norm(expected));
            }
        }
    }

    private static double norm(float[] values) {
        return distance(values, new float[values.length]);
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow((double) a[i] - b[i], 2);
        }
        return Math.sqrt(sum);
    }
}
