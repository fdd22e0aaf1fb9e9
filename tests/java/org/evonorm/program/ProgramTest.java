package org.evonorm.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.WideSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What interpreters of programs may rely on. */
class ProgramTest {

    private static final Set<Operation> VECTORS =
            EnumSet.of(Operation.V0, Operation.V1, Operation.GAMMA, Operation.BETA);

    private static List<Program> lowered(Layer layer) {
        return List.of(
                LayerLowering.training(CanonicalLayer.of(layer)),
                LayerLowering.frozen(CanonicalLayer.of(layer)),
                LayerLowering.evaluation(CanonicalLayer.of(layer)));
    }

    private static List<Layer> layers(Family family, int count) {
        SplittableRandom random = new SplittableRandom(1);
        RandomGraphs graphs = new RandomGraphs(family, 12);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            layers.add(CanonicalLayer.of(new Layer(graphs.next(random), random.nextBoolean()))
                    .layer());
        }
        SearchSpace wide = WideSpace.of(family);
        RandomGraphs wideGraphs = new RandomGraphs(wide, 12);
        for (int i = 0; i < count / 2; i++) {
            layers.add(CanonicalLayer.of(wide.layer(wideGraphs.next(random))).layer());
        }
        Baselines.names()
                .forEach(name ->
                        layers.add(CanonicalLayer.of(Baselines.get(name)).layer()));
        return layers;
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void instructionsComeAfterTheirInputsAndOnce(Family family) {
        for (Layer layer : layers(family, 1000)) {
            for (Program program : lowered(layer)) {
                for (int index = 0; index < program.instructions().size(); index++) {
                    for (int input : program.at(index).inputs()) {
                        assertTrue(input >= 0 && input < index, Formula.print(layer));
                    }
                }
                assertEquals(
                        program.instructions().size(),
                        new HashSet<>(program.instructions()).size(),
                        Formula.print(layer));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void extentsAreTheLeastThatHold(Family family) {
        for (Layer layer : layers(family, 1000)) {
            for (Program program : lowered(layer)) {
                for (Instruction instruction : program.instructions()) {
                    assertEquals(least(program, instruction), instruction.extent(), Formula.print(layer));
                }
            }
        }
    }

    private static Extent least(Program program, Instruction instruction) {
        Extent inputs = Extent.CONSTANT;
        for (int input : instruction.inputs()) {
            inputs = inputs.join(program.at(input).extent());
        }
        return switch (instruction.operation()) {
            case X, DY, FROZEN_X -> Extent.TENSOR;
            case V0, V1, GAMMA, BETA, FROZEN_V0, FROZEN_V1, RUNNING_STATISTIC, MEAN_B -> Extent.CHANNEL;
            case CONSTANT -> Extent.CONSTANT;
            case MEAN_WH, VARIANCE_WH -> Extent.SAMPLE_CHANNEL;
            case PIXEL_MEAN -> Extent.PIXEL;
            default -> inputs;
        };
    }

    @Test
    void extentsOfLayersFollowFromWhatTheyRead() {
        assertEquals(Extent.TENSOR, output("tanh(x) * v0"));
        assertEquals(Extent.SAMPLE_CHANNEL, output("exp(std_wh(x)) + v0"));
        assertEquals(Extent.SAMPLE_CHANNEL, output("mean_whcg(x) * v1"));
        assertEquals(Extent.SAMPLE_CHANNEL, output("rms_whc(mean_wh(x))"));
        assertEquals(Extent.CHANNEL, output("std_bwh(x) / v1"));
        assertEquals(Extent.CHANNEL, output("mean_bwh(mean_whc(x))"));
        assertEquals(Extent.CHANNEL, output("mean_whc(max(v0, v1))"));
        assertEquals(Extent.PIXEL, output("exp(std_c(x)) + 1"));
        assertEquals(Extent.PIXEL, output("rms_c(mean_c(x) * x)"));
        assertEquals(Extent.TENSOR, output("mean_c(x) + v0"));
        assertEquals(Extent.TENSOR, output("mean_c(x) * mean_wh(x)"));
        assertEquals(Extent.SAMPLE_CHANNEL, output("std_wh(mean_c(x))"));
        assertEquals(Extent.SAMPLE_CHANNEL, output("std_c(mean_wh(x))"));
        assertEquals(Extent.CHANNEL, output("mean_bwh(mean_c(x)) + std_c(v0)"));
        assertEquals(Extent.CONSTANT, output("std_c(mean_c(x))"));
        assertEquals(Extent.CONSTANT, output("exp(0) + std_whc(0)"));
        assertEquals(Extent.CONSTANT, output("max(std_bwh(1), mean_wh(1))"));
        assertEquals(Extent.CONSTANT, output("x * 0"));
    }

    private static Extent output(String formula) {
        Layer layer = new Layer(Formula.parse(formula).graph(), false);
        Program program = LayerLowering.training(CanonicalLayer.of(layer));
        return program.at(program.output()).extent();
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void whatLeavesAProgramHasItsPlace(Family family) {
        for (Layer layer : layers(family, 1000)) {
            Program training = LayerLowering.training(CanonicalLayer.of(layer));
            Set<Operation> gradients = new HashSet<>(training.gradients().keySet());
            assertEquals(layer.affine(), gradients.remove(Operation.GAMMA), Formula.print(layer));
            assertEquals(layer.affine(), gradients.remove(Operation.BETA), Formula.print(layer));
            training.gradients().forEach((leaf, value) -> {
                if (leaf != Operation.X) {
                    assertTrue(VECTORS.contains(leaf), Formula.print(layer));
                    assertTrue(training.at(value).extent().compareTo(Extent.CHANNEL) <= 0, Formula.print(layer));
                }
            });
            training.statistics()
                    .forEach(value -> assertTrue(
                            training.at(value).extent().compareTo(Extent.CHANNEL) <= 0, Formula.print(layer)));
            assertEquals(
                    LayerLowering.runningStatistics(CanonicalLayer.of(layer)),
                    training.statistics().size());
            assertEquals(
                    LayerLowering.runningStatistics(CanonicalLayer.of(layer)),
                    LayerLowering.frozen(CanonicalLayer.of(layer)).statistics().size());
            assertTrue(LayerLowering.evaluation(CanonicalLayer.of(layer))
                    .gradients()
                    .isEmpty());
        }
    }

    /** Which leaves each lowering reads: derivatives in training alone, averages in evaluation alone. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void onlyItsOwnLeavesAreRead(Family family) {
        Set<Operation> heldLeaves = EnumSet.of(Operation.FROZEN_X, Operation.FROZEN_V0, Operation.FROZEN_V1);
        for (Layer layer : layers(family, 300)) {
            Set<Operation> training = operations(LayerLowering.training(CanonicalLayer.of(layer)));
            assertTrue(training.contains(Operation.DY) && !training.contains(Operation.RUNNING_STATISTIC));
            assertTrue(training.stream().noneMatch(heldLeaves::contains));
            Set<Operation> evaluation = operations(LayerLowering.evaluation(CanonicalLayer.of(layer)));
            assertFalse(evaluation.contains(Operation.DY) || evaluation.contains(Operation.MEAN_B));
            assertEquals(
                    LayerLowering.runningStatistics(CanonicalLayer.of(layer)) > 0,
                    evaluation.contains(Operation.RUNNING_STATISTIC));
            assertTrue(evaluation.stream().noneMatch(heldLeaves::contains));
            assertEquals(layer.affine(), evaluation.contains(Operation.GAMMA));
        }
    }

    private static Set<Operation> operations(Program program) {
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        program.instructions().forEach(instruction -> operations.add(instruction.operation()));
        return operations;
    }

    /** Samples do not meet in family S but where gradients of vectors are taken. */
    @Test
    void familySNeedsNoMeanOverTheBatchForOutputAndInputGradient() {
        for (Layer layer : layers(Family.S, 500).stream()
                .filter(l -> Family.S.allows(l.graph()))
                .toList()) {
            Program program = LayerLowering.training(CanonicalLayer.of(layer));
            List<Integer> values = new ArrayList<>(List.of(program.output()));
            Optional.ofNullable(program.gradients().get(Operation.X)).ifPresent(values::add);
            assertTrue(
                    needed(program, values).stream()
                            .mapToObj(program::at)
                            .noneMatch(instruction -> instruction.operation() == Operation.MEAN_B),
                    Formula.print(layer));
        }
    }

    /** Steps over all positions are what costs time; the rest is on planes and channel vectors. */
    @ParameterizedTest
    @CsvSource({
        "x * v0 * v1, 1",
        "v0 * (v1 + x * v0), 3",
        "mean_bwh(v1 * x * v0), 0",
        "mean_whc(-x), 0",
        "std_bwh(x), 0",
        "x - mean_wh(x) + v0, 1",
        "rms_wh(x), 1",
        "(v1 * x) * (tanh(x) * v0), 3"
    })
    void tensorsMeetSmallValuesOnce(String formula, int steps) {
        Program program = LayerLowering.evaluation(
                CanonicalLayer.of(new Layer(Formula.parse(formula).graph(), false)));
        assertEquals(
                steps,
                needed(program, List.of(program.output())).stream()
                        .mapToObj(program::at)
                        .filter(ProgramTest::isComputedTensor)
                        .count());
    }

    /** x · dy is the one product of tensors; normalization is linear in each but for small factors. */
    @Test
    void theDerivativeOfBatchNormalizationTakesTwoTensorsToEachOtherOnce() {
        Program program = LayerLowering.training(CanonicalLayer.of(new Layer(
                Formula.parse("v1 * (x - mean_bwh(x)) / std_bwh(x) + v0").graph(), false)));
        assertEquals(
                1,
                needed(program, program.gradients().values()).stream()
                        .mapToObj(program::at)
                        .filter(ProgramTest::isComputedTensor)
                        .filter(instruction -> instruction.operation() == Operation.MUL
                                && instruction.inputs().stream()
                                        .allMatch(input -> program.at(input).extent() == Extent.TENSOR))
                        .count());
    }

    private static boolean isComputedTensor(Instruction instruction) {
        return instruction.extent() == Extent.TENSOR && instruction.operation().kind() != Operation.Kind.LEAF;
    }

    /** What these values are computed from, themselves included. */
    private static BitSet needed(Program program, Collection<Integer> values) {
        BitSet needed = new BitSet();
        values.forEach(needed::set);
        for (int value = program.instructions().size() - 1; value >= 0; value--) {
            if (needed.get(value)) {
                program.at(value).inputs().forEach(needed::set);
            }
        }
        return needed;
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void theSameLayerGivesTheSameProgram(Family family) {
        for (Layer layer : layers(family, 300)) {
            Layer again = Formula.parse(Formula.print(layer));
            assertEquals(lowered(layer), lowered(layer));
            assertEquals(lowered(layer), lowered(CanonicalLayer.of(again).layer()), Formula.print(layer));
        }
    }

    @Test
    void extentsJoinToTheLargerAndAllButTensorsAreSmall() {
        assertEquals(Extent.SAMPLE_CHANNEL, Extent.CHANNEL.join(Extent.SAMPLE_CHANNEL));
        assertEquals(Extent.SAMPLE_CHANNEL, Extent.SAMPLE_CHANNEL.join(Extent.CHANNEL));
        assertEquals(Extent.CONSTANT, Extent.CONSTANT.join(Extent.CONSTANT));
        assertEquals(Extent.PIXEL, Extent.PIXEL.join(Extent.CONSTANT));
        assertEquals(Extent.TENSOR, Extent.PIXEL.join(Extent.CHANNEL));
        assertEquals(Extent.TENSOR, Extent.SAMPLE_CHANNEL.join(Extent.PIXEL));
        assertTrue(Extent.SAMPLE_CHANNEL.isSmall() && Extent.CHANNEL.isSmall() && Extent.CONSTANT.isSmall());
        assertFalse(Extent.TENSOR.isSmall() || Extent.PIXEL.isSmall());
    }

    @Test
    void programsAndInstructionsCannotBeChanged() {
        List<Integer> inputs = new ArrayList<>(List.of(0));
        Instruction instruction = new Instruction(Operation.NEG, inputs, 0, Extent.TENSOR);
        inputs.add(1);
        assertEquals(List.of(0), instruction.inputs());
        Program program = LayerLowering.training(CanonicalLayer.of(Baselines.get("BN-ReLU")));
        assertThrows(
                UnsupportedOperationException.class,
                () -> program.instructions().clear());
        assertThrows(
                UnsupportedOperationException.class, () -> program.statistics().clear());
        assertThrows(
                UnsupportedOperationException.class, () -> program.gradients().clear());
    }
}
