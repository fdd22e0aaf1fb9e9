package org.evonorm.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.KnownLayers;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.program.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CarriedValuesTest {

    private static final Set<Kernel> COSTLY = Set.of(Kernel.EXP, Kernel.TANH, Kernel.SIGMOID, Kernel.LOG);

    private static List<Schedule> schedules(Layer layer) {
        LayerPlan plan = LayerPlan.training(CanonicalForm.of(layer));
        return List.of(plan.forward(), plan.backward());
    }

    private static List<TilePass> passes(Schedule.Stage stage) {
        return stage.levels().stream().flatMap(level -> level.pass().stream()).toList();
    }

    private static Stream<Schedule.Stage> stages(Layer layer) {
        return schedules(layer).stream().flatMap(schedule -> schedule.stages().stream());
    }

    @Test
    void theSigmoidOfEvoNormS0IsComputedOncePerDirection() {
        Layer layer = KnownLayers.get("EvoNorm-S0");
        for (Schedule schedule : schedules(layer)) {
            assertTrue(schedule.passes().count() > 1);
            assertEquals(1, schedule.stages().stream().flatMap(stage -> passes(stage).stream())
                    .flatMap(pass -> pass.steps().stream()).filter(step -> step.kernel() == Kernel.SIGMOID).count());
        }
    }

    @Test
    void whatOnePassNeedsAloneHasNoSlot() {
        Layer layer = Formula.parse("tanh(x * v1) + v0");
        assertTrue(schedules(layer).stream().flatMap(Schedule::passes).allMatch(pass -> pass.slots() == 0));
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void slotsAreLeftBeforeTheyAreTakenUpAndAllAreTakenUp(Family family) {
        RandomGraphs graphs = new RandomGraphs(family, 10);
        SplittableRandom random = new SplittableRandom(2);
        int slots = 0;
        for (int i = 0; i < 8000; i++) {
            Layer layer = Layer.evolved(graphs.next(random));
            for (Schedule.Stage stage : stages(layer).toList()) {
                slots += check(passes(stage), Formula.print(layer));
            }
        }
        assertTrue(slots > 20, () -> "these graphs try little");
    }

    /** Returns how many slots the passes of a stage have. */
    private static int check(List<TilePass> passes, String formula) {
        Set<Integer> left = new HashSet<>();
        Set<Integer> takenUp = new HashSet<>();
        for (TilePass pass : passes) {
            for (TilePass.Carried carried : pass.carried()) {
                assertTrue(left.contains(carried.slot()), formula);
                assertTrue(pass.steps().stream().noneMatch(step -> step.out() == carried.register()), formula);
                takenUp.add(carried.slot());
            }
            pass.stores().forEach(store -> store.slot().ifPresent(slot -> {
                assertTrue(left.add(slot), formula);
                TilePass.Step last = pass.steps().stream().filter(step -> step.out() == store.register())
                        .reduce((earlier, later) -> later).orElseThrow();
                assertTrue(COSTLY.contains(last.kernel()), formula);
            }));
        }
        assertEquals(left, takenUp, formula);
        return left.size();
    }
}
