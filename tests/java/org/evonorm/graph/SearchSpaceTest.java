package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.evonorm.graph.TrainableVector.Per;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchSpaceTest {

    private static final TrainableVectors ONE_SCALE =
            new TrainableVectors(TrainableVectors.PAPER.v0(), new TrainableVector(Per.LAYER, 0.5));
    private static final List<Primitive> POINTWISE = List.of(Elementwise.MUL, Elementwise.TANH, Elementwise.ERF);
    private static final SearchSpace SPACE =
            new SearchSpace(POINTWISE, List.of(LayerGraph.X, LayerGraph.V1), ONE_SCALE);

    @Test
    void drawsAreUniformOverWhatTheSpaceHasAndTakeNothingElse() {
        RandomGraphs graphs = new RandomGraphs(SPACE, 3);
        SplittableRandom random = new SplittableRandom(1);
        long[] primitives = new long[POINTWISE.size()];
        long[] inputs = new long[LayerGraph.INITIAL_NODES];
        for (int draw = 0; draw < 20_000; draw++) {
            LayerGraph graph = graphs.next(random);
            graph.nodes().forEach(node -> primitives[POINTWISE.indexOf(node.primitive())]++);
            graph.nodes().get(0).inputs().forEach(input -> inputs[input]++);
        }
        ChiSquare.assertUniform(primitives, "primitives");
        ChiSquare.assertUniform(new long[] {inputs[LayerGraph.X], inputs[LayerGraph.V1]}, "inputs");
        assertEquals(0, inputs[LayerGraph.ZERO] + inputs[LayerGraph.V0]);
    }

    @Test
    void aMutantKeepsItsParentsVectorsAndTakesNewOnesFromTheSpace() {
        Layer parent = Formula.parse("v0 = layer(2); tanh(x * v0)");
        Layer mutant = SPACE.mutant(parent, Formula.parse("tanh(x * v1 * v0)").graph());
        assertEquals(new TrainableVector(Per.LAYER, 2), mutant.vectors().v0());
        assertEquals(ONE_SCALE.v1(), mutant.vectors().v1());
    }

    @Test
    void aChildKeepsTheBasesVectorsThenTheDonorsAndTakesNewOnesFromTheSpace() {
        Layer base = Formula.parse("v0 = layer(2); tanh(x * v0)");
        Layer donor = Formula.parse("v0 = layer(3); v1 = layer(4); x * v0 * v1");
        LayerGraph graph = Formula.parse("tanh(x * v0) * v1").graph();
        assertEquals(
                new TrainableVectors(new TrainableVector(Per.LAYER, 2), new TrainableVector(Per.LAYER, 4)),
                SPACE.child(base, donor, graph).vectors());
        Layer child = SPACE.child(Formula.parse("v1 = layer(2); tanh(x)"), Formula.parse("exp(x)"), graph);
        assertEquals(ONE_SCALE, child.vectors());
        assertTrue(child.affine());
    }

    @Test
    void mutationsStayInTheSpace() {
        Mutation mutation = new Mutation(SPACE);
        SplittableRandom random = new SplittableRandom(2);
        LayerGraph graph = new RandomGraphs(SPACE, 6).next(random);
        for (int i = 0; i < 1000; i++) {
            graph = mutation.mutate(graph, random);
            Set<Integer> initial = new TreeSet<>();
            for (Node node : graph.nodes()) {
                assertTrue(POINTWISE.contains(node.primitive()));
                node.inputs().stream()
                        .filter(input -> input < LayerGraph.INITIAL_NODES)
                        .forEach(initial::add);
            }
            assertTrue(Set.of(LayerGraph.X, LayerGraph.V1).containsAll(initial), initial::toString);
        }
    }

    @Test
    void aSpaceThatCanMakeNoLayerIsRefused() {
        List<Primitive> aggregates = List.of(new Aggregate(Statistic.MEAN, IndexSet.WH));
        List<Integer> all = IntStream.range(0, LayerGraph.INITIAL_NODES).boxed().toList();
        assertThrows(IllegalArgumentException.class, () -> new SearchSpace(aggregates, all, TrainableVectors.PAPER));
        assertThrows(
                IllegalArgumentException.class,
                () -> new SearchSpace(POINTWISE, List.of(LayerGraph.V1), TrainableVectors.PAPER));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "v1 = layer(0.5); tanh(v1 * x)",
                "v0 = layer(0); v1 = layer(0.5); erf(v1 * x + v0) | no affine",
                "v0 = channel(-0.25); x + v0",
                "v1 = layer(0.000001); x * v1 * sigmoid(x)"
            })
    void textAndJsonKeepShapesAndStarts(String formula) {
        Layer layer = Formula.parse(formula);
        assertEquals(formula, Formula.print(layer));
        assertEquals(layer, LayerJson.read(LayerJson.write(layer)));
        assertEquals(layer.vectors(), CanonicalLayer.of(layer).layer().vectors());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "v1 = plane(0.5); x * v1#channel or layer",
                "v1 = layer; x * v1#'(' after layer",
                "v1 = layer(1e3); x * v1#number of float32",
                "v1 = layer(x); x * v1#number of float32",
                "v1 = layer(1); v1 = layer(1); x * v1#second start",
                "v1 = layer(1) x * v1#';'"
            })
    void aWrongStartIsNamed(String formula, String part) {
        String message = assertThrows(IllegalArgumentException.class, () -> Formula.parse(formula))
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void layersOfOtherShapesOrStartsAreOtherCandidates() {
        List<String> formulas = List.of(
                "tanh(v1 * x)",
                "v1 = layer(1); tanh(v1 * x)",
                "v1 = layer(0.5); tanh(v1 * x)",
                "v1 = channel(0.5); tanh(v1 * x)");
        ProbeFingerprint probe = new ProbeFingerprint();
        assertEquals(
                4,
                formulas.stream()
                        .map(Formula::parse)
                        .map(CandidateIdentity::id)
                        .distinct()
                        .count());
        assertEquals(
                4,
                formulas.stream()
                        .map(formula -> probe.key(CanonicalLayer.of(Formula.parse(formula))))
                        .distinct()
                        .count());
        // What a layer does not read is no difference.
        assertEquals(
                CandidateIdentity.id(Formula.parse("tanh(x)")),
                CandidateIdentity.id(Formula.parse("v1 = layer(0.5); tanh(x)")));
    }
}
