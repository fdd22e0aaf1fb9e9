package org.evonorm.graph.variation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.evonorm.graph.ChiSquare;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.TrainableVectors;
import org.junit.jupiter.api.Test;

class LearnedNodesTest {

    private static final int DRAWS = 20_000;

    private static final List<Primitive> PRIMITIVES =
            List.of(Elementwise.NEG, Elementwise.TANH, Elementwise.EXP, Elementwise.MAX);

    /** 60 negations, of which 30 survived, and 40 hyperbolic tangents, of which 10 did; each reads x or v1. */
    private static NodeSurvival survival() {
        NodeSurvival.Tally tally = new NodeSurvival.Tally();
        add(tally, "-x", 40, 28);
        add(tally, "-v1", 20, 2);
        add(tally, "tanh(x)", 40, 10);
        return tally.survival();
    }

    private static void add(NodeSurvival.Tally tally, String formula, int proposed, int survived) {
        for (int i = 0; i < proposed; i++) {
            tally.add(Formula.parse(formula).graph(), i < survived);
        }
    }

    /** The paper's search space with these primitives alone. */
    private static SearchSpace spaceOf(List<Primitive> primitives) {
        SearchSpace paper = SearchSpace.of(Family.B);
        return new SearchSpace(primitives, paper.initialNodes(), paper.vectors());
    }

    private static double[] shares(double... weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double[] shares = new double[weights.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = weights[i] / sum;
        }
        return shares;
    }

    @Test
    void primitivesAreDrawnByTheirShareOfSurvivors() {
        LearnedNodes nodes = new LearnedNodes(spaceOf(PRIMITIVES), survival());
        SplittableRandom random = new SplittableRandom(1);
        long[] counts = new long[PRIMITIVES.size()];
        for (int draw = 0; draw < DRAWS; draw++) {
            counts[PRIMITIVES.indexOf(nodes.draw(List.of(), random).primitive())]++;
        }
        // 40 of 100 nodes survived, so the smoothing is one survivor among two and a half.
        ChiSquare.assertFollows(shares(31 / 62.5, 11 / 42.5, 0.4, 0.4), counts, "learned primitive");
    }

    @Test
    void inputsAreDrawnByTheirShareOfSurvivorsGivenThePrimitive() {
        LearnedNodes nodes = new LearnedNodes(spaceOf(List.of(Elementwise.NEG)), survival());
        List<Node> earlier = List.of(new Node(Elementwise.EXP, LayerGraph.X));
        SplittableRandom random = new SplittableRandom(2);
        long[] counts = new long[5];
        for (int draw = 0; draw < DRAWS; draw++) {
            counts[nodes.draw(earlier, random).inputs().get(0)]++;
        }
        double unknown = 31 / 62.5;
        ChiSquare.assertFollows(
                shares(29 / (40 + 1 / unknown), unknown, unknown, 3 / (20 + 1 / unknown), unknown),
                counts,
                "learned input");
    }

    @Test
    void whereAllSurviveAlikeTheDrawsAreUniform() {
        NodeSurvival.Tally tally = new NodeSurvival.Tally();
        for (Primitive primitive : PRIMITIVES) {
            for (int i = 0; i < 100; i++) {
                Node node = primitive.arity() == 1
                        ? new Node(primitive, LayerGraph.X)
                        : new Node(primitive, LayerGraph.X, LayerGraph.X);
                tally.add(new LayerGraph(List.of(node)), i < 50);
            }
        }
        LearnedNodes nodes = new LearnedNodes(spaceOf(PRIMITIVES), tally.survival());
        SplittableRandom random = new SplittableRandom(3);
        long[] counts = new long[PRIMITIVES.size()];
        for (int draw = 0; draw < DRAWS; draw++) {
            counts[PRIMITIVES.indexOf(nodes.draw(List.of(), random).primitive())]++;
        }
        ChiSquare.assertUniform(counts, "primitive");
    }

    @Test
    void sumsOfCountsDoNotDependOnOrderOrParts() {
        List<LayerGraph> graphs = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 200; i++) {
            graphs.add(new RandomGraphs(Family.B, 10).next(random));
        }
        NodeSurvival.Tally all = new NodeSurvival.Tally();
        NodeSurvival.Tally even = new NodeSurvival.Tally();
        NodeSurvival.Tally odd = new NodeSurvival.Tally();
        for (int i = 0; i < graphs.size(); i++) {
            all.add(graphs.get(i), i % 3 == 0);
        }
        for (int i = graphs.size() - 1; i >= 0; i--) {
            (i % 2 == 0 ? even : odd).add(graphs.get(i), i % 3 == 0);
        }
        assertEquals(all.survival(), even.survival().plus(odd.survival()));
        assertEquals(all.survival(), odd.survival().plus(even.survival()).plus(NodeSurvival.none()));
    }

    @Test
    void drawnGraphsAreOfTheFamilyAndEveryPrimitiveKeepsAChance() {
        NodeSurvival.Tally tally = new NodeSurvival.Tally();
        add(tally, "x * tanh(x)", 1000, 900);
        add(tally, "exp(x)", 100, 0);
        LearnedNodes nodes = new LearnedNodes(SearchSpace.of(Family.S), tally.survival());
        SplittableRandom random = new SplittableRandom(5);
        int exponentials = 0;
        for (int i = 0; i < 2000; i++) {
            LayerGraph graph = new RandomGraphs(nodes, 10).next(random);
            assertTrue(Family.S.allows(graph));
            exponentials += (int) graph.nodes().stream()
                    .filter(node -> node.primitive() == Elementwise.EXP)
                    .count();
        }
        assertTrue(exponentials > 0 && exponentials < 2000 * 10 / 24 / 10, exponentials + " exponentials");
    }

    @Test
    void inputsAreThoseOfTheSearchSpace() {
        // Most survivors read v1, which this space has not.
        NodeSurvival.Tally tally = new NodeSurvival.Tally();
        add(tally, "-v1", 100, 90);
        add(tally, "tanh(x)", 100, 10);
        List<Integer> initialNodes = List.of(LayerGraph.X, LayerGraph.V0);
        LearnedNodes nodes =
                new LearnedNodes(new SearchSpace(PRIMITIVES, initialNodes, TrainableVectors.PAPER), tally.survival());
        SplittableRandom random = new SplittableRandom(6);
        Set<Integer> drawn = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            new RandomGraphs(nodes, 3).next(random).nodes().forEach(node -> drawn.addAll(node.inputs()));
        }
        assertEquals(Set.of(LayerGraph.X, LayerGraph.V0, 4, 5), drawn);
    }

    @Test
    void withoutSurvivorsNothingIsLearned() {
        NodeSurvival.Tally tally = new NodeSurvival.Tally();
        add(tally, "tanh(x)", 3, 0);
        assertThrows(IllegalArgumentException.class, () -> new LearnedNodes(spaceOf(PRIMITIVES), tally.survival()));
        assertThrows(IllegalArgumentException.class, () -> new LearnedNodes(spaceOf(PRIMITIVES), NodeSurvival.none()));
    }
}
