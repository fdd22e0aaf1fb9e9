package org.evonorm.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.onnx.OnnxLayout;
import org.evonorm.export.onnx.OnnxModel;
import org.evonorm.export.onnx.OnnxParameters;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.RandomGraphs;

/**
 * The recorder of exports: it writes modules, ONNX models and check files of all baselines, of every primitive and of
 * random graphs of both families, for {@code tests/bench/verify_exports.py} and {@code verify_onnx.py}. The resources
 * of {@link ExportedModuleTest} are copies of some. Random graphs that are not finite on random inputs are skipped.
 *
 * <p>Arguments: FOLDER and the number of random graphs per family.
 */
final class ExportRecorder {

    private static final int NODES = 10;

    /** Layers at the edges of primitives, which tests/bench/export_behaviour.py tries by these names. */
    private static final Map<String, String> EDGES = Map.of(
            "edge_rms_of_zero", "x / rms_bwh(0)",
            "edge_mean_as_factor", "x * mean_bwh(x)",
            "edge_max", "max(-v1, x + v0)",
            "edge_max_zero", "max(0, x) - max(x, 0) * v1 + max(1, x) * v0 + max(x, 1)",
            "edge_abs", "abs(x) / abs(v0)",
            "edge_div", "(x + v0) / (x * v1)",
            "edge_sqrt_log", "sqrt(x) * log(v0) + log(x) * sqrt(v0)");

    private ExportRecorder() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        for (String name : Baselines.names()) {
            Layer layer = Baselines.get(name);
            record(folder.resolve(ExportedLayer.of(layer).fileName()), layer);
        }
        record(folder.resolve("all_parts"), Formula.parse(ExportedModuleTest.ALL_PARTS));
        record(folder.resolve("edges"), Formula.parse(ExportedModuleTest.EDGES));
        for (Map.Entry<String, String> edge : EDGES.entrySet()) {
            record(folder.resolve(edge.getKey()), Formula.parse(edge.getValue()));
        }
        for (String name : Baselines.names()) {
            ExportedLayer layer = ExportedLayer.of(Baselines.get(name)).by(Convention.PAPER);
            record(folder.resolve("paper_" + layer.fileName()), layer);
        }
        for (Primitive primitive : Primitive.all()) {
            Node node = primitive.arity() == 1
                    ? new Node(primitive, LayerGraph.X)
                    : new Node(primitive, LayerGraph.X, LayerGraph.V1);
            Node product = new Node(Elementwise.MUL, LayerGraph.X, LayerGraph.INITIAL_NODES);
            record(
                    folder.resolve("primitive_" + primitive.symbol()),
                    Layer.evolved(new LayerGraph(List.of(node, product))));
        }
        for (String groups : List.of("count(4)", "count(32)", "size(3)")) {
            record(
                    folder.resolve("groups_" + groups.replaceAll("\\W", "_")),
                    Formula.parse(
                            "groups = " + groups + "; x * sigmoid(v1 * x) / std_whcg(x) + mean_whcg(mean_whc(x))"));
        }
        for (Family family : Family.values()) {
            SplittableRandom random = new SplittableRandom(7);
            RandomGraphs graphs = new RandomGraphs(family, NODES);
            List<Layer> recorded = new ArrayList<>();
            while (recorded.size() < count) {
                Layer layer = Layer.evolved(graphs.next(random));
                try {
                    record(
                            folder.resolve("random_" + family.name().toLowerCase(Locale.ROOT) + "_" + recorded.size()),
                            layer);
                    recorded.add(layer);
                } catch (IllegalArgumentException e) {
                    System.err.println(e.getMessage());
                }
            }
        }
    }

    private static void record(Path folder, Layer layer) throws IOException {
        record(folder, ExportedModuleTest.asProposed(layer));
    }

    private static void record(Path folder, ExportedLayer exported) throws IOException {
        String check = CheckFile.write(exported);
        Files.createDirectories(folder);
        for (ExportFormat format : Arrays.stream(ExportFormat.values())
                .filter(ExportFormat::isModule)
                .toList()) {
            Files.writeString(folder.resolve(format.symbol() + ".py"), format.write(exported));
            Files.writeString(folder.resolve(format.symbol() + ".check.json"), check);
        }
        Files.writeString(folder.resolve("layer.dot"), ExportFormat.DOT.write(exported));
        for (OnnxLayout layout : OnnxLayout.values()) {
            recordModel(folder, exported, layout);
        }
    }

    /** Writes a model with trained parameters, which the three steps of the check file's training give. */
    private static void recordModel(Path folder, ExportedLayer exported, OnnxLayout layout) throws IOException {
        OnnxParameters parameters = OnnxModels.trained(exported, 16, 5);
        String name = layout.name().toLowerCase(Locale.ROOT);
        Files.write(folder.resolve(name + ".onnx"), OnnxModel.write(exported, parameters, layout));
        Files.writeString(folder.resolve(name + ".check.json"), OnnxCheck.write(exported, parameters, layout));
    }
}
