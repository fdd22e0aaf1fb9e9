package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomGraphsTest {

    @ParameterizedTest
    @EnumSource
    void primitivesAndInputsAreUniform(Family family) {
        RandomGraphs graphs = new RandomGraphs(family, 10);
        SplittableRandom random = new SplittableRandom(1);
        long[] primitives = new long[family.primitives().size()];
        long[][] inputs = new long[10][];
        long[][] pairs = new long[10][];
        for (int i = 0; i < 10; i++) {
            inputs[i] = new long[4 + i];
            pairs[i] = new long[(4 + i) * (4 + i)];
        }
        for (int draw = 0; draw < 20_000; draw++) {
            LayerGraph graph = graphs.next(random);
            assertEquals(10, graph.nodes().size());
            assertTrue(family.allows(graph));
            for (int i = 0; i < 10; i++) {
                Node node = graph.nodes().get(i);
                primitives[family.primitives().indexOf(node.primitive())]++;
                node.inputs().forEach(countIn(inputs[i]));
                if (node.inputs().size() == 2) {
                    pairs[i][node.inputs().get(0) * (4 + i) + node.inputs().get(1)]++;
                }
            }
        }
        ChiSquare.assertUniform(primitives, "primitives");
        for (int i = 0; i < 10; i++) {
            ChiSquare.assertUniform(inputs[i], "inputs of node " + (4 + i));
            ChiSquare.assertUniform(pairs[i], "pairs of inputs of node " + (4 + i));
        }
    }

    private static Consumer<Integer> countIn(long[] counts) {
        return id -> counts[id]++;
    }

    @Test
    void theSameSeedDrawsTheSameGraphs() {
        RandomGraphs graphs = new RandomGraphs(Family.B, 10);
        assertEquals(graphs.next(new SplittableRandom(7)), graphs.next(new SplittableRandom(7)));
        assertNotEquals(graphs.next(new SplittableRandom(7)), graphs.next(new SplittableRandom(8)));
    }

    @Test
    void aGraphNeedsANode() {
        assertThrows(IllegalArgumentException.class, () -> new RandomGraphs(Family.B, 0));
    }
}
