package org.evonorm.export.triton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.evonorm.export.triton.Kernel.Over;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Family;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.program.LayerLowering;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;
import org.junit.jupiter.api.Test;

/** Kernel plans: every kernel finds its inputs, and no layer passes over its maps more often than it must. */
class KernelPlanTest {

    @Test
    void aBatchNormalizationPassesTwiceForwardAndTwiceBackward() {
        KernelPlan plan = KernelPlan.of(program(Baselines.get("BN-ReLU")));
        List<Over> twoPasses = List.of(Over.POSITIONS, Over.BATCH, Over.POSITIONS);
        assertEquals(twoPasses, plan.forward().stream().map(Kernel::over).toList());
        assertEquals(twoPasses, plan.backward().stream().map(Kernel::over).toList());
    }

    @Test
    void anInstanceNormalizationIsOneKernel() {
        KernelPlan plan = KernelPlan.of(program(Baselines.get("IN-ReLU")));
        assertEquals(
                List.of(Over.POSITIONS),
                plan.forward().stream().map(Kernel::over).toList());
        assertEquals(2, plan.forward().get(0).loops().size());
    }

    @Test
    void kernelsOfRandomLayersLoadOnlyWhatEarlierOnesStored() {
        SplittableRandom random = new SplittableRandom(3);
        for (Family family : Family.values()) {
            RandomGraphs graphs = new RandomGraphs(family, 10);
            for (int i = 0; i < 200; i++) {
                check(program(Layer.evolved(graphs.next(random))));
            }
        }
    }

    private static void check(Program program) {
        KernelPlan plan = KernelPlan.of(program);
        BitSet stored = new BitSet();
        check(plan.forward(), stored);
        program.statistics().forEach(statistic -> assertTrue(stored.get(statistic)));
        BitSet saved = new BitSet();
        plan.saved().forEach(saved::set);
        plan.saved().forEach(value -> assertTrue(stored.get(value)));
        check(plan.backward(), saved);
        program.gradients().forEach((leaf, gradient) -> {
            if (leaf != Operation.X) {
                assertTrue(saved.get(gradient) || stored.get(gradient), program.toString());
            }
        });
        assertEquals(1, plan.forward().stream().filter(Kernel::storesMap).count());
        assertEquals(
                program.gradients().containsKey(Operation.X) ? 1 : 0,
                plan.backward().stream().filter(Kernel::storesMap).count());
        long kernels = Stream.concat(plan.forward().stream(), plan.backward().stream())
                .flatMap(kernel -> kernel.reductions().stream())
                .distinct()
                .count();
        assertEquals(
                kernels,
                Stream.concat(plan.forward().stream(), plan.backward().stream())
                        .mapToLong(kernel -> kernel.reductions().size())
                        .sum(),
                "each reduction is taken once");
    }

    private static void check(List<Kernel> kernels, BitSet stored) {
        for (Kernel kernel : kernels) {
            kernel.loads().forEach(load -> assertTrue(stored.get(load)));
            kernel.stores().forEach(stored::set);
        }
    }

    private static Program program(Layer layer) {
        return LayerLowering.training(CanonicalLayer.of(layer));
    }
}
