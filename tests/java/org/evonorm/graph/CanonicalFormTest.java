package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CanonicalFormTest {

    private static final List<Integer> INITIAL = List.of(0, 1, 2, 3);

    @Test
    void graphsThatDifferInFormAloneShareTheirCanonicalForm() {
        SplittableRandom random = new SplittableRandom(1);
        int changed = 0;
        for (int trial = 0; trial < 3000; trial++) {
            LayerGraph graph = new RandomGraphs(Family.B, 1 + random.nextInt(25)).next(random);
            LayerGraph scrambled = new Scrambler(graph, random, true).scrambled();
            changed += graph.equals(scrambled) ? 0 : 1;
            assertEquals(CanonicalForm.of(graph), CanonicalForm.of(scrambled));
            LayerGraph sameOperands = new Scrambler(graph, random, false).scrambled();
            assertEquals(CanonicalForm.reduced(graph), CanonicalForm.reduced(sameOperands));
        }
        assertTrue(changed > 2000, "the scrambler must change graphs");
    }

    @Test
    void bothFormsAreIdempotentReachableAndFreeOfDuplicates() {
        SplittableRandom random = new SplittableRandom(2);
        for (int trial = 0; trial < 2000; trial++) {
            LayerGraph graph = new RandomGraphs(Family.B, 1 + random.nextInt(30)).next(random);
            LayerGraph canonical = CanonicalForm.of(graph);
            LayerGraph reduced = CanonicalForm.reduced(graph);
            assertEquals(canonical, CanonicalForm.of(canonical));
            assertEquals(canonical, CanonicalForm.reduced(canonical));
            assertEquals(reduced, CanonicalForm.reduced(reduced));
            assertEquals(canonical, CanonicalForm.of(reduced));
            for (LayerGraph form : List.of(canonical, reduced)) {
                assertEquals(form.nodes().size(), new HashSet<>(form.nodes()).size());
                assertTrue(CanonicalForm.reachable(form)
                                .get(LayerGraph.INITIAL_NODES, form.output() + 1)
                                .cardinality()
                        == form.nodes().size());
            }
        }
    }

    @Test
    void formsComputeWhatTheGraphComputes() {
        SplittableRandom random = new SplittableRandom(3);
        Probe probe = Probe.seeded(5);
        ReferenceEvaluation evaluation = new ReferenceEvaluation(probe.shape());
        for (int trial = 0; trial < 500; trial++) {
            LayerGraph graph = new RandomGraphs(Family.B, 12).next(random);
            double[] y = evaluation.train(Layer.evolved(graph), probe.x(), probe.vectors());
            for (LayerGraph form : List.of(CanonicalForm.of(graph), CanonicalForm.reduced(graph))) {
                double[] z = evaluation.train(Layer.evolved(form), probe.x(), probe.vectors());
                for (int i = 0; i < y.length; i++) {
                    assertEquals(y[i] + 0.0, z[i] + 0.0, () -> "value of " + graph);
                }
            }
        }
    }

    @Test
    void operandsOfAMaximumKeepTheirOrder() {
        LayerGraph graph = Formula.parse("max(v0, x)").graph();
        assertEquals(graph, CanonicalForm.of(graph));
        assertNotEquals(CanonicalForm.of(Formula.parse("max(x, v0)").graph()), CanonicalForm.of(graph));
        assertNotEquals(
                CanonicalForm.of(Formula.parse("x / v1").graph()),
                CanonicalForm.of(Formula.parse("v1 / x").graph()));
        assertEquals(
                CanonicalForm.of(Formula.parse("x * v1 + (v0 + x)").graph()),
                CanonicalForm.of(Formula.parse("(x + v0) + v1 * x").graph()));
    }

    @Test
    void reachableNodesAreThoseOfTheOutput() {
        LayerGraph graph = new LayerGraph(
                List.of(new Node(Elementwise.TANH, 3), new Node(Elementwise.ABS, 0), new Node(Elementwise.MUL, 5, 2)));
        BitSet expected = new BitSet();
        List.of(0, 2, 5, 6).forEach(expected::set);
        assertEquals(expected, CanonicalForm.reachable(graph));
        BitSet ofTheFirst = new BitSet();
        List.of(2, 3, 4).forEach(ofTheFirst::set);
        assertEquals(ofTheFirst, CanonicalForm.reachable(new LayerGraph(List.of(new Node(Elementwise.MUL, 2, 3)))));
    }

    @Test
    void deepGraphsNeedNoDeepStack() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            nodes.add(new Node(Elementwise.MUL, i == 0 ? 0 : 3 + i, i == 0 ? 0 : 3 + i));
        }
        LayerGraph graph = new LayerGraph(nodes);
        assertEquals(graph, CanonicalForm.of(graph));
    }

    /** Rewrites a graph: random topological order, dead nodes, duplicates of nodes, and perhaps swapped operands. */
    private static final class Scrambler {

        private final LayerGraph graph;
        private final SplittableRandom random;
        private final boolean swap;
        private final List<Node> nodes = new ArrayList<>();
        private final Map<Integer, List<Integer>> copies = new HashMap<>();

        Scrambler(LayerGraph graph, SplittableRandom random, boolean swap) {
            this.graph = graph;
            this.random = random;
            this.swap = swap;
            INITIAL.forEach(id -> copies.put(id, List.of(id)));
        }

        LayerGraph scrambled() {
            List<Integer> waiting = new ArrayList<>();
            for (int id = LayerGraph.INITIAL_NODES; id < graph.output(); id++) {
                waiting.add(id);
            }
            while (!waiting.isEmpty()) {
                List<Integer> ready = waiting.stream()
                        .filter(id -> copies.keySet().containsAll(graph.node(id).inputs()))
                        .toList();
                int id = ready.get(random.nextInt(ready.size()));
                waiting.remove((Integer) id);
                List<Integer> written = new ArrayList<>();
                for (int copy = random.nextInt(2); copy >= 0; copy--) {
                    written.add(write(graph.node(id)));
                    if (random.nextInt(3) == 0) {
                        nodes.add(new UniformNodes(SearchSpace.of(Family.B)).draw(nodes, random));
                    }
                }
                copies.put(id, written);
            }
            write(graph.node(graph.output()));
            return new LayerGraph(nodes);
        }

        private int write(Node node) {
            List<Integer> inputs = new ArrayList<>();
            for (int input : node.inputs()) {
                List<Integer> choices = copies.get(input);
                inputs.add(choices.get(random.nextInt(choices.size())));
            }
            boolean commutes = node.primitive() == Elementwise.ADD || node.primitive() == Elementwise.MUL;
            if (swap && commutes && random.nextBoolean()) {
                inputs.add(inputs.remove(0));
            }
            nodes.add(new Node(node.primitive(), inputs));
            return LayerGraph.INITIAL_NODES + nodes.size() - 1;
        }
    }
}
