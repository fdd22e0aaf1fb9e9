package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.ObjectiveValue;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;
import org.evonorm.search.TrainingTally.Measured;
import org.evonorm.settings.Settings;
import org.evonorm.training.Robustness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerObjectivesTest {

    private static final Settings SETTINGS = Settings.load(
            Optional.empty(),
            List.of(
                    "search.objectives=[accuracy, passes, saved-bytes, parameters, step-time]",
                    "training.batch-size=64",
                    "training.crop-size=24"));
    private static final LayerObjectives OBJECTIVES = LayerObjectives.of(SETTINGS);

    private static Measured measured(double imagesPerSecond) {
        return new Measured(imagesPerSecond, Map.of());
    }

    private static double value(Objective objective, String formula) {
        return OBJECTIVES.of(Formula.parse(formula), List.of(measured(100))).stream()
                .filter(value -> value.objective() == objective)
                .findFirst()
                .orElseThrow()
                .value();
    }

    private static Network network(String name) {
        return SETTINGS.networks().get(name).build(10);
    }

    /** Values of x per image in all places, counted operator by operator. */
    private static long values(boolean ofOneChannelEach) {
        long values = 0;
        for (String name : AnchorNetworks.ofPaper()) {
            Network network = network(name);
            List<Shape> shapes = network.shapes(24, 24);
            for (int i = 0; i < shapes.size(); i++) {
                if (network.operators().get(i) instanceof Operator.Place) {
                    Shape shape = shapes.get(i);
                    values += ofOneChannelEach ? shape.channels() : shape.size();
                }
            }
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                // One pass forward and one backward, whose sums are the gradients of gamma and beta.
                "max(x, 0)#2",
                "x * sigmoid(v1 * x)#2",
                // Forward the statistic, then the output; backward sums of x and dy, then dx.
                "x / std_wh(x)#4",
                "x / std_bwh(x)#4"
            })
    void passesAreThoseOfTheSchedule(String formula, int passes) {
        assertEquals(passes, value(Objective.PASSES, formula));
    }

    @Test
    void aPlaceKeepsItsInputAndSmallValuesOfEverySample() {
        assertEquals(4.0 * values(false), value(Objective.SAVED_BYTES, "max(x, 0)"));
        double moreThanInput = value(Objective.SAVED_BYTES, "x / std_wh(x)") - 4 * values(false);
        assertTrue(moreThanInput > 0 && moreThanInput % (4 * values(true)) == 0, moreThanInput + " bytes");
        // The gradient of the identity is the gradient of its output.
        assertEquals(0, value(Objective.SAVED_BYTES, "x | no affine"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"max(x, 0)", "v1 * x", "max(v1 * x, v0) | no affine", "v1 = layer(0.5); tanh(v1 * x)"})
    void parametersAreThoseThatAnIdentityInThePlacesDoesNotHave(String formula) {
        // ResNet-50 has no linear places, whose affine is none of the layer's.
        Layer layer = Formula.parse(formula);
        Network resnet = network("resnet50");
        long without = NetworkCost.parameters(resnet, Formula.parse("x | no affine"));
        assertEquals(NetworkCost.parameters(resnet, layer) - without, NetworkCost.layerParameters(resnet, layer));
        long all = AnchorNetworks.ofPaper().stream()
                .mapToLong(name -> NetworkCost.layerParameters(network(name), layer))
                .sum();
        assertEquals((double) all, value(Objective.PARAMETERS, formula));
    }

    @Test
    void robustnessIsTheMeanOverTheNetworksAndNoneWhereATrainingDiverged() {
        LayerObjectives objectives = LayerObjectives.of(Settings.load(
                Optional.empty(), List.of("search.objectives=[accuracy, bfloat16-accuracy, int8-accuracy]")));
        List<Measured> measured = List.of(
                new Measured(1, Map.of(Robustness.BFLOAT16, 0.5, Robustness.INT8, 0.25)), new Measured(1, Map.of()));
        assertEquals(
                List.of(
                        new ObjectiveValue(Objective.BFLOAT16_ACCURACY, 0.25),
                        new ObjectiveValue(Objective.INT8_ACCURACY, 0.125)),
                objectives.of(Formula.parse("max(x, 0)"), measured));
        assertEquals(List.of(), objectives.ofLayer(Formula.parse("max(x, 0)")));
    }

    @Test
    void theStepTimeIsTheMeanOverTheNetworksInMilliseconds() {
        Layer layer = Formula.parse("max(x, 0)");
        // Batches of 64 images take 640 ms and 160 ms.
        assertEquals(
                new ObjectiveValue(Objective.STEP_TIME, 400),
                OBJECTIVES.of(layer, List.of(measured(100), measured(400))).get(3));
        assertEquals(
                Double.POSITIVE_INFINITY,
                OBJECTIVES.of(layer, List.of(measured(0), measured(400))).get(3).value(),
                "a training that diverged before its first step");
        assertEquals(
                List.of(Objective.PASSES, Objective.SAVED_BYTES, Objective.PARAMETERS),
                OBJECTIVES.ofLayer(layer).stream()
                        .map(ObjectiveValue::objective)
                        .toList());
    }
}
