package org.evonorm.engine.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PassSpillsTest {

    private static final Set<TileOperation> COSTLY =
            Set.of(TileOperation.EXP, TileOperation.TANH, TileOperation.SIGMOID, TileOperation.LOG);

    private static List<Schedule> schedules(Layer layer) {
        LayerPlan plan = LayerPlan.training(CanonicalLayer.of(layer));
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
        Layer layer = Baselines.get("EvoNorm-S0");
        for (Schedule schedule : schedules(layer)) {
            assertTrue(schedule.passes().count() > 1);
            assertEquals(
                    1,
                    schedule.stages().stream()
                            .flatMap(stage -> passes(stage).stream())
                            .flatMap(pass -> pass.steps().stream())
                            .filter(step -> step.operation() == TileOperation.SIGMOID)
                            .count());
        }
    }

    @Test
    void aValueThatOnePassAloneNeedsIsNotSpilled() {
        Layer layer = Formula.parse("tanh(x * v1) + v0");
        assertTrue(schedules(layer).stream().flatMap(Schedule::passes).allMatch(pass -> pass.spills() == 0));
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void spillsAreStoredBeforeTheyAreReloadedAndAllAreReloaded(Family family) {
        RandomGraphs graphs = new RandomGraphs(family, 10);
        SplittableRandom random = new SplittableRandom(2);
        int spills = 0;
        for (int i = 0; i < 8000; i++) {
            Layer layer = Layer.evolved(graphs.next(random));
            for (Schedule.Stage stage : stages(layer).toList()) {
                spills += check(passes(stage), Formula.print(layer));
            }
        }
        assertTrue(spills > 20, () -> "these graphs try little");
    }

    /** Checks the passes of a stage; returns their number of spills. */
    private static int check(List<TilePass> passes, String formula) {
        Set<Integer> stored = new HashSet<>();
        Set<Integer> reloaded = new HashSet<>();
        for (TilePass pass : passes) {
            for (TilePass.Reload reload : pass.reloads()) {
                assertTrue(stored.contains(reload.spill()), formula);
                assertTrue(pass.steps().stream().noneMatch(step -> step.out() == reload.register()), formula);
                reloaded.add(reload.spill());
            }
            pass.stores()
                    .forEach(store -> store.spill().ifPresent(spill -> {
                        assertTrue(stored.add(spill), formula);
                        TilePass.Step last = pass.steps().stream()
                                .filter(step -> step.out() == store.register())
                                .reduce((earlier, later) -> later)
                                .orElseThrow();
                        assertTrue(COSTLY.contains(last.operation()), formula);
                    }));
        }
        assertEquals(stored, reloaded, formula);
        return stored.size();
    }
}
