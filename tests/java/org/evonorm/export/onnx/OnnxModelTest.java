package org.evonorm.export.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.StringStringEntryProto;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.layer.RunningStatistic;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.TensorShape;
import org.evonorm.graph.WideSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ONNX models by the operators' definitions; tests/bench/verify_onnx.py asks ONNX Runtime. */
class OnnxModelTest {

    private static final TensorShape SHAPE = new TensorShape(3, 1, 8, 12);

    private static GraphProto graph(ExportedLayer exported, OnnxParameters parameters, OnnxLayout layout)
            throws Exception {
        return ModelProto.parseFrom(OnnxModel.write(exported, parameters, layout))
                .getGraph();
    }

    /** The layer without simplification, which would leave parts of the model out. */
    private static ExportedLayer asProposed(Layer layer) {
        return new ExportedLayer(layer, CandidateIdentity.id(layer), List.of());
    }

    private static double[] gaussians(SplittableRandom random, int count, double mean) {
        return random.doubles(count)
                .map(any -> (float) (mean + random.nextGaussian()))
                .toArray();
    }

    private static OnnxParameters trained(ExportedLayer exported, SplittableRandom random) {
        Layer layer = exported.layer();
        ChannelVectors vectors = layer.vectors()
                .fit(new ChannelVectors(
                        gaussians(random, SHAPE.channels(), 0),
                        gaussians(random, SHAPE.channels(), 1),
                        gaussians(random, SHAPE.channels(), 1),
                        gaussians(random, SHAPE.channels(), 0)));
        List<float[]> running = RunningStatistic.inOrderOfEngine(layer).stream()
                .map(statistic -> {
                    float[] values = new float[SHAPE.channels()];
                    for (int c = 0; c < values.length; c++) {
                        values[c] = (float) Math.abs(random.nextGaussian());
                    }
                    return values;
                })
                .toList();
        return OnnxParameters.of(exported, vectors, running);
    }

    /** The reference's output in evaluation mode, [B, H, W, C]. */
    private static double[] expected(ExportedLayer exported, OnnxParameters parameters, double[] x) {
        Layer canonical = CanonicalLayer.of(exported.layer()).layer();
        List<RunningStatistic> statistics = RunningStatistic.inOrderOfEngine(exported.layer());
        List<Integer> nodes = List.copyOf(RunningStatistic.of(canonical.graph()).keySet());
        Map<Integer, double[]> running = new LinkedHashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            float[] values = parameters.values().get(statistics.get(i).name());
            running.put(
                    nodes.get(i),
                    IntStream.range(0, values.length)
                            .mapToDouble(c -> values[c])
                            .toArray());
        }
        return new ReferenceEvaluation(SHAPE).evaluate(canonical, x, parameters.vectors(), running);
    }

    private static void assertAgrees(ExportedLayer exported, OnnxLayout layout, SplittableRandom random)
            throws Exception {
        OnnxParameters parameters = trained(exported, random);
        double[] x = gaussians(random, SHAPE.size(), 0.25);
        x[5] = 0;
        x[7] = Double.NaN;
        double[] expected = expected(exported, parameters, x);
        int positions = SHAPE.height() * SHAPE.width();
        int channels = SHAPE.channels();
        boolean isFirst = layout.channelAxis() == 1;
        int[] order = IntStream.range(0, SHAPE.size())
                .map(i -> {
                    int sample = i / (positions * channels);
                    int rest = i % (positions * channels);
                    return isFirst ? (sample * positions + rest % positions) * channels + rest / positions : i;
                })
                .toArray();
        int[] sizes = new int[layout.rank()];
        Arrays.fill(sizes, 2);
        sizes[layout.spatialAxes().get(0)] = positions >> (layout.spatialAxes().size() - 1);
        sizes[0] = SHAPE.batch();
        sizes[layout.channelAxis()] = channels;
        Interpreter.Tensor y = Interpreter.run(
                graph(exported, parameters, layout),
                new Interpreter.Tensor(
                        sizes, Arrays.stream(order).mapToDouble(i -> x[i]).toArray()));
        String message = Formula.print(exported.layer()) + " in " + layout;
        assertArrayEquals(sizes, y.shape(), message);
        for (int i = 0; i < order.length; i++) {
            double value = expected[order[i]];
            // The file has eps in float32.
            assertEquals(value, y.values()[i], Double.isFinite(value) ? 1e-5 * (1 + Math.abs(value)) : 0, message);
        }
    }

    @ParameterizedTest
    @EnumSource
    void baselinesHaveTheirValuesInEveryLayout(OnnxLayout layout) throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        for (String name : Baselines.names()) {
            assertAgrees(ExportedLayer.of(Baselines.get(name)), layout, random);
        }
    }

    @ParameterizedTest
    @EnumSource
    void randomGraphsHaveTheirValues(Family family) throws Exception {
        SplittableRandom random = new SplittableRandom(2);
        for (SearchSpace space : List.of(SearchSpace.of(family), WideSpace.of(family))) {
            RandomGraphs graphs = new RandomGraphs(space, 10);
            for (int i = 0; i < 150; i++) {
                ExportedLayer exported = asProposed(space.layer(graphs.next(random)));
                double[] x = gaussians(random, SHAPE.size(), 0);
                double most = Arrays.stream(expected(exported, trained(exported, random), x))
                        .map(Math::abs)
                        .max()
                        .orElseThrow();
                if (most < 1e3) {
                    assertAgrees(exported, OnnxLayout.values()[i % OnnxLayout.values().length], random);
                }
            }
        }
    }

    @Test
    void thePapersConventionHasEpsInRootsAndThirtyTwoGroups() throws Exception {
        ExportedLayer paper = ExportedLayer.of(Baselines.get("EvoNorm-S0")).by(Convention.PAPER);
        GraphProto graph = graph(paper, OnnxParameters.initial(paper, 64), OnnxLayout.NCHW);
        List<String> constants = graph.getInitializerList().stream()
                .map(constant -> constant.getName())
                .toList();
        assertTrue(constants.contains("shape_0_32_2"), constants.toString());
        NodeProto division = graph.getNodeList().stream()
                .filter(node -> node.getOpType().equals("Div"))
                .findFirst()
                .orElseThrow();
        assertEquals("group_std", division.getInput(1));
        ExportedLayer own = ExportedLayer.of(Baselines.get("EvoNorm-S0"));
        assertTrue(graph(own, OnnxParameters.initial(own, 64), OnnxLayout.NCHW).getInitializerList().stream()
                .anyMatch(constant -> constant.getName().equals("shape_0_8_8")));
        ExportedLayer four = ExportedLayer.of(own.layer().withGroups(new GroupRule(GroupRule.Kind.COUNT, 4)));
        assertTrue(graph(four, OnnxParameters.initial(four, 64), OnnxLayout.NCHW).getInitializerList().stream()
                .anyMatch(constant -> constant.getName().equals("shape_0_4_16")));
    }

    @Test
    void aModelSaysWhatItIs() throws Exception {
        Layer layer = Formula.parse("groups = count(4); x / std_whcg(x)");
        ExportedLayer exported =
                new ExportedLayer(layer, CandidateIdentity.id(layer), List.of("Found in \"runs/x\u202E\"\n."));
        ModelProto model =
                ModelProto.parseFrom(OnnxModel.write(exported, OnnxParameters.initial(exported, 8), OnnxLayout.NLC));
        assertEquals(7, model.getIrVersion());
        assertEquals(13, model.getOpsetImport(0).getVersion());
        assertTrue(model.getDocString().contains("Found in 'runs/x '"), model.getDocString());
        assertTrue(model.getDocString().contains("4 groups"), model.getDocString());
        StringStringEntryProto form = model.getMetadataProps(0);
        assertEquals("evonorm.layer", form.getKey());
        assertEquals(layer, LayerJson.read(form.getValue()));
        List<String> dimensions =
                model.getGraph().getInput(0).getType().getTensorType().getShape().getDimList().stream()
                        .map(dimension ->
                                dimension.hasDimParam() ? dimension.getDimParam() : dimension.getDimValue() + "")
                        .toList();
        assertEquals(List.of("N", "L", "8"), dimensions);
    }

    @Test
    void whatOnlyRunningStatisticsReadIsLeftOut() throws Exception {
        ExportedLayer exported = ExportedLayer.of(Formula.parse("x / std_bwh(tanh(x) * v0)"));
        GraphProto graph = graph(exported, OnnxParameters.initial(exported, 8), OnnxLayout.NCHW);
        assertFalse(
                graph.getNodeList().stream().anyMatch(node -> node.getOpType().equals("Tanh")));
        List<String> constants = graph.getInitializerList().stream()
                .map(constant -> constant.getName())
                .toList();
        assertFalse(constants.contains("v0"), constants.toString());
        assertTrue(constants.contains("running_var"), constants.toString());
    }

    @Test
    void theSameModelHasTheSameBytes() {
        ExportedLayer exported = ExportedLayer.of(Baselines.get("EvoNorm-B0"));
        OnnxParameters parameters = OnnxParameters.initial(exported, 24);
        assertArrayEquals(
                OnnxModel.write(exported, parameters, OnnxLayout.NCHW),
                OnnxModel.write(exported, parameters, OnnxLayout.NCHW));
    }

    @Test
    void parametersAreReadFromTheModulesState() {
        ExportedLayer exported = ExportedLayer.of(Baselines.get("EvoNorm-B0"));
        String state = "{\"gamma\":[1,2],\"beta\":[0,0.5],\"v1\":[1,1e-3],\"running_var\":[3,4],"
                + "\"counter.num_batches_tracked\":7}";
        OnnxParameters parameters = OnnxParameters.read(exported, state, "state.json");
        assertEquals(2, parameters.channels());
        assertArrayEquals(new float[] {3, 4}, parameters.values().get("running_var"));
        Map<String, String> wrong = Map.of(
                "{\"gamma\":[1,2],\"beta\":[0,0.5],\"v1\":[1,1]}",
                "'running_var'",
                state.replace("[3,4]", "[3,4,5]"),
                "different lengths",
                state.replace("[3,4]", "[3,\"4\"]"),
                "no number of float32",
                state.replace("[3,4]", "[3,1e40]"),
                "no number of float32",
                state.replace("[3,4]", "4"),
                "lacks an array of numbers 'running_var'",
                state.replace("v1", "v2"),
                "has values of 'v2'; the layer has gamma, beta, v1, running_var",
                state.replace("running_var", "gamma"),
                "is no JSON",
                "[]",
                "must hold a JSON object",
                "",
                "must hold a JSON object",
                "{",
                "is no JSON");
        wrong.forEach((json, part) -> {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> OnnxParameters.read(exported, json, "state.json"))
                    .getMessage();
            assertTrue(message.contains(part), message);
            assertTrue(message.startsWith("state.json"), message);
        });
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> OnnxParameters.read(exported, state + " {}", "state.json"))
                .getMessage()
                .contains("is no JSON"));
        ExportedLayer dyt = ExportedLayer.of(Formula.parse("v1 = layer(0.5); tanh(v1 * x) | no affine"));
        assertThrows(IllegalArgumentException.class, () -> OnnxParameters.read(dyt, "{\"v1\":[0.5]}", "state.json"));
        assertThrows(IllegalArgumentException.class, () -> OnnxParameters.initial(exported, 0));
    }
}
