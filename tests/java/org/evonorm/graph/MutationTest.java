package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MutationTest {

    private static final int NODES = 6;

    /** A parent of batch aggregates, which mutation in family S never draws, so that every mutation shows. */
    private static LayerGraph parent() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(new Node(new Aggregate(Statistic.MEAN, IndexSet.BWH), 3 + i));
        }
        return new LayerGraph(nodes);
    }

    @Test
    void nodePrimitiveAndInputsAreUniform() {
        LayerGraph parent = parent();
        Mutation mutation = new Mutation(Family.S);
        SplittableRandom random = new SplittableRandom(2);
        long[] positions = new long[NODES];
        long[] primitives = new long[Family.S.primitives().size()];
        long[][] firstInputs = new long[NODES][];
        long[][] secondInputs = new long[NODES][];
        for (int i = 0; i < NODES; i++) {
            firstInputs[i] = new long[4 + i];
            secondInputs[i] = new long[4 + i];
        }
        for (int draw = 0; draw < 60_000; draw++) {
            LayerGraph mutant = mutation.mutate(parent, random);
            int changed = onlyChange(parent, mutant);
            Node node = mutant.nodes().get(changed);
            positions[changed]++;
            primitives[Family.S.primitives().indexOf(node.primitive())]++;
            firstInputs[changed][node.inputs().get(0)]++;
            if (node.inputs().size() == 2) {
                secondInputs[changed][node.inputs().get(1)]++;
            }
        }
        ChiSquare.assertUniform(positions, "mutated node");
        ChiSquare.assertUniform(primitives, "new primitive");
        for (int i = 0; i < NODES; i++) {
            ChiSquare.assertUniform(firstInputs[i], "first input of node " + (4 + i));
            ChiSquare.assertUniform(secondInputs[i], "second input of node " + (4 + i));
        }
    }

    private static int onlyChange(LayerGraph parent, LayerGraph mutant) {
        assertEquals(parent.nodes().size(), mutant.nodes().size());
        List<Integer> changed = new ArrayList<>();
        for (int i = 0; i < parent.nodes().size(); i++) {
            if (!parent.nodes().get(i).equals(mutant.nodes().get(i))) {
                changed.add(i);
            }
        }
        assertEquals(1, changed.size());
        return changed.get(0);
    }

    @ParameterizedTest
    @EnumSource
    void mutantsOfRandomGraphsStayInTheFamilyAndChangeOneNodeAtMost(Family family) {
        SplittableRandom random = new SplittableRandom(3);
        RandomGraphs graphs = new RandomGraphs(family, 10);
        Mutation mutation = new Mutation(family);
        for (int draw = 0; draw < 1000; draw++) {
            LayerGraph parent = graphs.next(random);
            LayerGraph mutant = mutation.mutate(parent, random);
            assertTrue(family.allows(mutant));
            long changed = 0;
            for (int i = 0; i < 10; i++) {
                changed += parent.nodes().get(i).equals(mutant.nodes().get(i)) ? 0 : 1;
            }
            assertTrue(changed <= 1);
        }
    }

    @Test
    void theIdentityCannotBeMutated() {
        LayerGraph identity = Baselines.get("identity").graph();
        assertThrows(
                IllegalArgumentException.class, () -> new Mutation(Family.B).mutate(identity, new SplittableRandom(4)));
    }
}
