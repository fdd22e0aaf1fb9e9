package org.evonorm.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Mutation;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.simplification.Simplification;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/** Drawn graphs and lineages of baselines and random graphs. */
class LayerPicturesTest {

    private static List<Layer> layers() {
        List<Layer> layers =
                new ArrayList<>(Baselines.names().stream().map(Baselines::get).toList());
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 100; i++) {
            layers.add(Layer.evolved(new RandomGraphs(Family.B, 1 + i % 14).next(random)));
        }
        return layers;
    }

    private static void requireXml(String svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    @Test
    void everyGraphIsDrawn() throws Exception {
        for (Layer layer : layers()) {
            String drawing = GraphDrawing.of(layer);
            requireXml(drawing);
            int boxes = drawing.split("<rect ", -1).length - 1;
            int reachable = CanonicalForm.reachable(CanonicalForm.reduced(layer.graph()))
                    .cardinality();
            assertEquals(reachable + (layer.affine() ? 1 : 0), boxes, Formula.print(layer));
        }
    }

    @Test
    void nodesAndBendsOfAColumnKeepTheirDistanceAndEdgesGoForward() {
        for (Layer layer : layers()) {
            GraphLayout layout = new GraphLayout(CanonicalForm.reduced(layer.graph()));
            List<GraphLayout.Vertex> vertices = new ArrayList<>();
            layout.nodes().forEach(vertices::add);
            layout.edges()
                    .forEach(edge ->
                            vertices.addAll(edge.path().subList(1, edge.path().size() - 1)));
            for (GraphLayout.Vertex one : vertices) {
                assertTrue(one.row >= 0 && one.row <= layout.lastRow());
                for (GraphLayout.Vertex other : vertices) {
                    if (one != other && one.column == other.column) {
                        double least = one.isBend() || other.isBend() ? 0.6 : 1;
                        assertTrue(Math.abs(one.row - other.row) > least - 1e-6, Formula.print(layer));
                    }
                }
            }
            layout.edges().forEach(edge -> {
                for (int i = 1; i < edge.path().size(); i++) {
                    assertEquals(edge.path().get(i - 1).column + 1, edge.path().get(i).column, Formula.print(layer));
                }
            });
        }
    }

    private static String text(List<FormulaDiff.Piece> pieces, FormulaDiff.Kind without) {
        return pieces.stream()
                .filter(piece -> piece.kind() != without)
                .map(FormulaDiff.Piece::text)
                .collect(Collectors.joining());
    }

    @Test
    void aLineageGoesBackToTheFirstAncestorAndTellsWhatChanged() {
        SplittableRandom random = new SplittableRandom(6);
        List<Evaluated> line = new ArrayList<>();
        line.add(evaluated(new RandomGraphs(Family.B, 10).next(random), new Origin.Random(), 1));
        while (line.size() < 12) {
            Candidate parent = line.get(line.size() - 1).candidate();
            LayerGraph mutant = new Mutation(Family.B).mutate(parent.layer().graph(), random);
            Evaluated child = evaluated(mutant, new Origin.Mutation(parent.id()), line.size() + 1);
            // As in a search, duplicates are not trained and have no offspring.
            if (line.stream()
                    .noneMatch(known ->
                            known.candidate().id().equals(child.candidate().id()))) {
                line.add(child);
            }
        }
        List<Evaluated> others = new ArrayList<>(line);
        Collections.reverse(others);
        List<Lineage.Step> steps = Lineage.of(line.get(line.size() - 1), others).steps();
        assertEquals(line, steps.stream().map(Lineage.Step::layer).toList());
        for (int i = 1; i < steps.size(); i++) {
            String before = Formula.print(
                    Simplification.shown(steps.get(i - 1).layer().candidate().layer()));
            String after = Formula.print(
                    Simplification.shown(steps.get(i).layer().candidate().layer()));
            assertEquals(before, text(steps.get(i).formula(), FormulaDiff.Kind.ADDED));
            assertEquals(after, text(steps.get(i).formula(), FormulaDiff.Kind.REMOVED));
            assertTrue(!steps.get(i).changes().isEmpty());
        }
        assertEquals(List.of(), steps.get(0).changes());
    }

    @Test
    void aCrossoversLineGoesOnWithTheParentThatTheGraftCameInto() {
        Evaluated base = evaluated(Formula.parse("tanh(x) / std_wh(x)").graph(), new Origin.Random(), 1);
        Evaluated donor = evaluated(Formula.parse("abs(x) * v1").graph(), new Origin.Random(), 2);
        LayerGraph graph = Formula.parse("tanh(abs(x)) / std_wh(x)").graph();
        Origin origin =
                new Origin.Crossover(base.candidate().id(), donor.candidate().id());
        Evaluated child = evaluated(graph, origin, 3);
        Lineage lineage = Lineage.of(child, List.of(child, donor, base));
        assertEquals(
                List.of(base, child),
                lineage.steps().stream().map(Lineage.Step::layer).toList());
        assertEquals(
                List.of("", Formula.print(donor.candidate().layer())),
                lineage.steps().stream().map(Lineage.Step::graft).toList());
        // A second parent that the report was not given is told by its id.
        assertEquals(
                donor.candidate().id(),
                Lineage.of(child, List.of(child, base)).steps().get(1).graft());
    }

    private static Evaluated evaluated(LayerGraph graph, Origin origin, int generation) {
        Layer layer = Layer.evolved(graph);
        return new Evaluated(
                new Candidate(CandidateIdentity.id(layer), origin, generation, 0, layer),
                new Fitness(generation / 100.0));
    }
}
