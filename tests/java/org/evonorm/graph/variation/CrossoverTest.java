package org.evonorm.graph.variation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.ChiSquare;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.Statistic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CrossoverTest {

    private static LayerGraph graph(String formula) {
        return Formula.parse(formula).graph();
    }

    private static String text(LayerGraph graph) {
        return Formula.print(Layer.evolved(graph));
    }

    @Test
    void everyOperandReadsEveryNodeOfTheDonorAlikeOften() {
        LayerGraph base = graph("tanh(x) / exp(v1)");
        LayerGraph donor = graph("sigmoid(abs(log(x)))");
        Map<String, Integer> children = new TreeMap<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int draw = 0; draw < 12_000; draw++) {
            children.merge(text(new Crossover(10).child(base, donor, random).orElseThrow()), 1, Integer::sum);
        }
        List<String> expected = new ArrayList<>();
        for (String graft : List.of("log(x)", "abs(log(x))", "sigmoid(abs(log(x)))")) {
            for (String child : List.of("tanh(%s) / exp(v1)", "%s / exp(v1)", "tanh(x) / exp(%s)", "tanh(x) / %s")) {
                expected.add(text(graph(String.format(child, graft))));
            }
        }
        assertEquals(expected.stream().sorted().toList(), List.copyOf(children.keySet()));
        ChiSquare.assertUniform(
                children.values().stream().mapToLong(Integer::longValue).toArray(), "operand and graft");
    }

    @ParameterizedTest
    @EnumSource
    void childrenAreCanonicalAndOfTheirParentsPrimitivesAndOfNoMoreThanTheMostNodes(Family family) {
        SplittableRandom random = new SplittableRandom(2);
        List<LayerGraph> parents = SampleGraphs.of(family, 40, random);
        int children = 0;
        for (LayerGraph base : parents) {
            for (LayerGraph donor : parents) {
                int most = 1 + random.nextInt(10);
                Optional<LayerGraph> child = new Crossover(most).child(base, donor, random);
                if (child.isEmpty()) {
                    continue;
                }
                children++;
                assertEquals(CanonicalForm.of(child.get()), child.get());
                assertTrue(child.get().nodes().size() <= most);
                assertTrue(family.allows(child.get()));
                List<Primitive> inherited = Stream.of(base, donor)
                        .flatMap(parent -> CanonicalForm.of(parent).nodes().stream())
                        .map(Node::primitive)
                        .toList();
                child.get().nodes().forEach(node -> assertTrue(inherited.contains(node.primitive())));
                assertNotEquals(CanonicalForm.of(base), child.get());
                assertNotEquals(CanonicalForm.of(donor), child.get());
            }
        }
        assertTrue(children > parents.size() * parents.size() / 3, children + " children");
    }

    @Test
    void theSameSeedGivesTheSameChildWhateverUnreachableNodesTheParentsHave() {
        LayerGraph base = graph("x * sigmoid(v1 * x) / std_whcg(x)");
        LayerGraph donor = graph("x / max(std_bwh(x), v1 * x + std_wh(x))");
        for (int seed = 0; seed < 100; seed++) {
            Optional<LayerGraph> child = new Crossover(10).child(base, donor, new SplittableRandom(seed));
            assertEquals(
                    child,
                    new Crossover(10).child(padded(base), padded(donor), new SplittableRandom(seed)),
                    "seed " + seed);
        }
    }

    /** The same function behind a node that nothing reads. */
    private static LayerGraph padded(LayerGraph graph) {
        List<Node> nodes = new ArrayList<>();
        nodes.add(new Node(new Aggregate(Statistic.MEAN, IndexSet.BWH), LayerGraph.X));
        nodes.addAll(Operand.shifted(graph.nodes(), 1));
        return new LayerGraph(nodes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "max(x, 0)", "tanh(x)"})
    void withoutAnotherGraphInReachTheAnswerIsNone(String formula) {
        LayerGraph parent = graph(formula);
        assertEquals(Optional.empty(), new Crossover(1).child(parent, parent, new SplittableRandom(3)));
        assertEquals(Optional.empty(), new Crossover(9).child(parent, graph("x"), new SplittableRandom(3)));
    }
}
