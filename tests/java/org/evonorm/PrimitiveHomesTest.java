package org.evonorm;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.evonorm.engine.cpu.LayerRun;
import org.evonorm.engine.dl4j.Dl4jEngine;
import org.evonorm.export.ExportFormat;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.onnx.OnnxLayout;
import org.evonorm.export.onnx.OnnxModel;
import org.evonorm.export.onnx.OnnxParameters;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Formula;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.Node;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.Statistic;
import org.evonorm.graph.TensorShape;
import org.evonorm.graph.typeset.TypesetLayer;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.program.LayerLowering;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every primitive has all its homes (docs/architecture.md, "Add a primitive"). A constant that is new in the graph
 * package fails here at the first home that it lacks and that the compiler does not name.
 */
class PrimitiveHomesTest {

    private static final TensorShape SHAPE = new TensorShape(2, 3, 3, 8);
    private static final double TOLERANCE = 1e-4;

    static Stream<Primitive> primitives() {
        List<Primitive> all = new ArrayList<>(Arrays.asList(Elementwise.values()));
        for (Statistic statistic : Statistic.values()) {
            for (IndexSet over : IndexSet.values()) {
                all.add(new Aggregate(statistic, over));
            }
        }
        return all.stream();
    }

    /** The primitive of x and, if it takes two inputs, of v1, times x. */
    private static Layer layer(Primitive primitive) {
        Node node = primitive.arity() == 1
                ? new Node(primitive, LayerGraph.X)
                : new Node(primitive, LayerGraph.X, LayerGraph.V1);
        return Layer.evolved(
                new LayerGraph(List.of(node, new Node(Elementwise.MUL, LayerGraph.X, LayerGraph.INITIAL_NODES))));
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void hasItsTextForms(Primitive primitive) {
        Layer layer = layer(primitive);
        assertEquals(
                CanonicalLayer.of(layer),
                CanonicalLayer.of(Formula.parse(Formula.print(layer))),
                "FormulaParser, FormulaPrinter");
        assertEquals(layer, LayerJson.read(LayerJson.write(layer)), "LayerJson");
        assertTrue(TypesetLayer.latex(layer).contains("y "), () -> "TypesetLayer: " + TypesetLayer.latex(layer));
        ExportedLayer exported = ExportedLayer.of(layer);
        for (ExportFormat format : ExportFormat.texts()) {
            assertDoesNotThrow(() -> format.write(exported), format::symbol);
        }
        assertDoesNotThrow(() -> OnnxModel.write(exported, OnnxParameters.initial(exported, 16), OnnxLayout.NCHW));
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void isComputedByTheReferenceTheLoweringAndTheCpuEngineAlike(Primitive primitive) {
        Layer layer = layer(primitive);
        assertTrue(LayerLowering.training(CanonicalLayer.of(layer)).output() > 0, "LayerLowering");
        SplittableRandom random = new SplittableRandom(3);
        double[] x =
                random.doubles(SHAPE.size(), -2, 2).map(value -> (float) value).toArray();
        double[] dy =
                random.doubles(SHAPE.size(), -1, 1).map(value -> (float) value).toArray();
        ChannelVectors vectors = ChannelVectors.initial(SHAPE.channels());
        ReferenceEvaluation reference = new ReferenceEvaluation(SHAPE);
        double[] y = reference.train(layer, x, vectors);
        LayerRun run = LayerRun.training(layer, SHAPE, floats(x), vectors, floats(dy), 1);
        assertClose(y, run.output());
        assertClose(reference.gradient(dy).x(), run.dx());
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void isKnownToTheDl4jEngine(Primitive primitive) {
        Network tiny = AnchorNetworks.of("mobilenetv2", new NetworkScale(0.125, 0.1, NetworkScale.Variant.CIFAR), 3);
        assertDoesNotThrow(
                () -> new Dl4jEngine().build(tiny, layer(primitive), 1, 1).close());
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void standsInTheDesignAndInTheIndependentReference(Primitive primitive) throws IOException {
        String name =
                primitive instanceof Aggregate aggregate ? aggregate.statistic().symbol() : primitive.symbol();
        assertTrue(Files.readString(Path.of("tests/bench/reference_layers.py")).contains("\"" + name + "\":"), name);
        assertTrue(Files.readString(Path.of("docs/design.md")).matches("(?s).*`" + name + "[`(_].*"), name);
    }

    private static void assertClose(double[] expected, float[] actual) {
        double size = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], TOLERANCE * size);
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
