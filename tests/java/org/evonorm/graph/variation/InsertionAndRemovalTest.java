package org.evonorm.graph.variation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.ChiSquare;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.NodeDistribution;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.UniformNodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InsertionAndRemovalTest {

    private static final int DRAWS = 12_000;

    /** Always the negation of x, so that the place of an insertion shows. */
    private static final NodeDistribution NEGATION = (earlier, random) -> new Node(Elementwise.NEG, LayerGraph.X);

    private static LayerGraph graph(String formula) {
        return Formula.parse(formula).graph();
    }

    private static String text(LayerGraph graph) {
        return Formula.print(Layer.evolved(graph));
    }

    private static void assertUniform(List<String> expected, Map<String, Integer> counts, String what) {
        assertEquals(
                expected.stream().map(formula -> text(graph(formula))).sorted().toList(), List.copyOf(counts.keySet()));
        ChiSquare.assertUniform(
                counts.values().stream().mapToLong(Integer::longValue).toArray(), what);
    }

    @Test
    void aNodeComesIntoEveryOperandAndTheOutputAlikeOften() {
        LayerGraph parent = graph("max(tanh(x), v1)");
        SplittableRandom random = new SplittableRandom(1);
        Map<String, Integer> counts = new TreeMap<>();
        for (int draw = 0; draw < DRAWS; draw++) {
            counts.merge(text(new Insertion(NEGATION, 10).mutate(parent, random).orElseThrow()), 1, Integer::sum);
        }
        assertUniform(
                List.of("max(tanh(-x), v1)", "max(-tanh(x), v1)", "max(tanh(x), -v1)", "-max(tanh(x), v1)"),
                counts,
                "place of the inserted node");
    }

    @Test
    void everyNodeIsRemovedAlikeOftenAndEachInputTakesItsPlaceAlikeOften() {
        LayerGraph parent = graph("tanh(abs(max(x, v1)))");
        SplittableRandom random = new SplittableRandom(2);
        Map<String, Integer> counts = new TreeMap<>();
        for (int draw = 0; draw < DRAWS; draw++) {
            counts.merge(text(Removal.mutate(parent, random).orElseThrow()), 1, Integer::sum);
        }
        List<String> mutants = List.of("abs(max(x, v1))", "tanh(max(x, v1))", "tanh(abs(x))", "tanh(abs(v1))");
        assertEquals(
                mutants.stream().map(formula -> text(graph(formula))).sorted().toList(), List.copyOf(counts.keySet()));
        ChiSquare.assertFollows(
                new double[] {1.0 / 3, 1.0 / 3, 1.0 / 6, 1.0 / 6},
                mutants.stream()
                        .mapToLong(formula -> counts.get(text(graph(formula))))
                        .toArray(),
                "removed node");
    }

    @ParameterizedTest
    @EnumSource
    void insertedNodesStayInFamilyAndLimitAndAddOneNode(Family family) {
        SplittableRandom random = new SplittableRandom(3);
        for (LayerGraph parent : SampleGraphs.of(family, 300, random)) {
            int reachable = CanonicalForm.reduced(parent).nodes().size();
            int most = 1 + random.nextInt(10);
            Optional<LayerGraph> mutant =
                    new Insertion(new UniformNodes(SearchSpace.of(family)), most).mutate(parent, random);
            assertEquals(reachable < most, mutant.isPresent());
            if (mutant.isPresent()) {
                assertEquals(reachable + 1, mutant.get().nodes().size());
                assertTrue(family.allows(mutant.get()));
                // Nothing of the parent is lost: no node is without a reader.
                assertEquals(
                        LayerGraph.INITIAL_NODES + reachable,
                        CanonicalForm.reachable(mutant.get()).length() - 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void removalsStayInTheFamilyAndLeaveAtLeastOneNode(Family family) {
        SplittableRandom random = new SplittableRandom(4);
        for (LayerGraph parent : SampleGraphs.of(family, 300, random)) {
            int reachable = CanonicalForm.reduced(parent).nodes().size();
            Optional<LayerGraph> mutant = Removal.mutate(parent, random);
            assertEquals(reachable > 1, mutant.isPresent());
            if (mutant.isPresent()) {
                int left = mutant.get().nodes().size();
                assertTrue(left >= 1 && left < reachable, left + " of " + reachable);
                assertTrue(family.allows(mutant.get()));
                assertFalse(mutant.get().isIdentity());
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameMutant() {
        LayerGraph parent = graph("x / max(std_bwh(x), v1 * x + std_wh(x))");
        Insertion insertion = new Insertion(new UniformNodes(SearchSpace.of(Family.B)), 10);
        for (int seed = 0; seed < 50; seed++) {
            assertEquals(
                    insertion.mutate(parent, new SplittableRandom(seed)),
                    insertion.mutate(parent, new SplittableRandom(seed)));
            assertEquals(
                    Removal.mutate(parent, new SplittableRandom(seed)),
                    Removal.mutate(parent, new SplittableRandom(seed)));
        }
    }
}
