package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class FamilyTest {

    @Test
    void familiesHaveThePrimitivesOfThePaper() {
        assertEquals(24, new HashSet<>(Family.B.primitives()).size());
        assertEquals(24, Family.B.primitives().size());
        assertEquals(21, new HashSet<>(Family.S.primitives()).size());
        assertEquals(21, Family.S.primitives().size());
        assertTrue(Family.B.primitives().containsAll(Family.S.primitives()));
        assertTrue(Family.S.primitives().stream()
                .noneMatch(primitive -> primitive instanceof Aggregate a && a.over() == IndexSet.BWH));
    }

    @Test
    void statisticsOfChannelsAloneAreAllowedInBothFamiliesAndNotInThePaper() {
        for (Family family : Family.values()) {
            for (Statistic statistic : Statistic.values()) {
                Aggregate ofChannels = new Aggregate(statistic, IndexSet.C);
                assertTrue(family.allows(ofChannels));
                assertFalse(ofChannels.isInPaper());
                assertFalse(family.primitives().contains(ofChannels));
            }
        }
    }

    @Test
    void batchAggregatesBelongToFamilyBAloneEvenWhereUnreachable() {
        LayerGraph reached = Baselines.get("EvoNorm-B0").graph();
        LayerGraph unreached = new LayerGraph(
                List.of(new Node(new Aggregate(Statistic.STD, IndexSet.BWH), 0), new Node(Elementwise.TANH, 0)));
        for (LayerGraph graph : List.of(reached, unreached)) {
            assertTrue(Family.B.allows(graph));
            assertFalse(Family.S.allows(graph));
        }
        LayerGraph sampleBased = Baselines.get("EvoNorm-S0").graph();
        assertTrue(Family.S.allows(sampleBased));
        assertTrue(Family.B.allows(sampleBased));
    }
}
