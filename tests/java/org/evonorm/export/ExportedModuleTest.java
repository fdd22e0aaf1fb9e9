package org.evonorm.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.evonorm.engine.cpu.LayerRun;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.TensorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exported modules against the recorded ones. {@code tests/bench/verify_exports.py} found the recorded modules to agree
 * with their check files in their frameworks. They still agree as long as the export writes the same text and the
 * engine computes the same values. After a change to either, {@link ExportRecorder} writes them anew, and the script
 * decides.
 */
class ExportedModuleTest {

    /** A layer with every feature: bindings, nested and batch aggregates, signed functions, both kinds of division. */
    static final String ALL_PARTS =
            "a = std_bwh(mean_whc(x)); b = rms_bwh(x - mean_bwh(x)); c = sqrt(v0) + log(x) / b; "
                    + "max(c, 0) * mean_whcg(mean_whc(x)) + rms_wh(x * sigmoid(v1)) / (1 + abs(x))"
                    + " + exp(-square(tanh(x)) - a)";

    /** A layer of functions with a choice at zeros and ties. */
    static final String EDGES = "max(-v1, x + v0) * abs(x) + max(0, x) - max(x, 0) * v1 + max(1, x) * v0 + max(x, 1)"
            + " + tanh(x / v0) + sqrt(x) * log(v0 * x)";

    private static final Map<String, Layer> COMMITTED = Map.of(
            "bn_relu",
            Baselines.get("BN-ReLU"),
            "evonorm_b0",
            Baselines.get("EvoNorm-B0"),
            "evonorm_s0",
            Baselines.get("EvoNorm-S0"),
            "all_parts",
            Formula.parse(ALL_PARTS),
            "edges",
            Formula.parse(EDGES));

    static Stream<String> committed() {
        return COMMITTED.keySet().stream().sorted();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ExportedModuleTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @MethodSource("committed")
    void modulesAreThoseThatWereVerified(String name) throws IOException {
        for (ExportFormat format : ExportFormat.texts()) {
            if (format.isModule()) {
                assertEquals(
                        resource(name + "/" + format.symbol() + ".py"), format.write(asProposed(COMMITTED.get(name))));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("committed")
    void theEngineStillGivesTheValuesThatModulesWereVerifiedWith(String name) throws IOException {
        JsonNode check = new JsonMapper().readTree(resource(name + "/pytorch.check.json"));
        Layer layer = COMMITTED.get(name);
        JsonNode sizes = check.get("shape");
        TensorShape shape = new TensorShape(
                sizes.get(0).asInt(),
                sizes.get(1).asInt(),
                sizes.get(2).asInt(),
                sizes.get(3).asInt());
        ChannelVectors initial = ChannelVectors.initial(shape.channels());
        JsonNode parameters = check.get("training").get("parameters");
        ChannelVectors vectors = new ChannelVectors(
                doubles(parameters, "v0", initial.v0()),
                doubles(parameters, "v1", initial.v1()),
                doubles(parameters, "gamma", initial.gamma()),
                doubles(parameters, "beta", initial.beta()));
        JsonNode training = check.get("training");
        float[] dy = floats(training.get("dy"));
        LayerRun run = LayerRun.training(layer, shape, floats(training.get("x")), vectors, dy, 1);
        assertClose(check, "y", run.output(), training.get("y"));
        assertClose(check, "dx", run.dx(), training.get("dx"));
        Map<String, double[]> gradients = Map.of(
                "v0",
                run.gradient().v0(),
                "v1",
                run.gradient().v1(),
                "gamma",
                run.gradient().gamma(),
                "beta",
                run.gradient().beta());
        training.get("gradients")
                .fields()
                .forEachRemaining(entry ->
                        assertClose(check, entry.getKey(), floats(gradients.get(entry.getKey())), entry.getValue()));

        // Running statistics of three steps, weighted by 0.81, 0.9 and 1.
        double decay = check.get("decay").asDouble();
        List<LayerRun> steps = new ArrayList<>(List.of(run));
        check.get("further_inputs").forEach(x -> steps.add(LayerRun.training(layer, shape, floats(x), vectors, dy, 1)));
        List<float[]> averages = new ArrayList<>();
        for (int i = 0; i < run.statistics().size(); i++) {
            float[] average = new float[shape.channels()];
            double weights = 0;
            for (int step = 0; step < steps.size(); step++) {
                double weight = Math.pow(decay, steps.size() - 1 - step);
                weights += weight;
                for (int c = 0; c < average.length; c++) {
                    average[c] += (float) (weight * steps.get(step).statistics().get(i)[c]);
                }
            }
            for (int c = 0; c < average.length; c++) {
                average[c] /= (float) weights;
            }
            averages.add(average);
        }
        JsonNode evaluation = check.get("evaluation");
        assertClose(
                check,
                "evaluation",
                LayerRun.evaluation(layer, shape, floats(evaluation.get("x")), vectors, averages, 1)
                        .output(),
                evaluation.get("y"));
    }

    private static void assertClose(JsonNode check, String what, float[] found, JsonNode expected) {
        double absolute = expected.get("atol").asDouble();
        double relative = check.get("rtol").asDouble();
        float[] values = floats(expected.get("values"));
        assertEquals(values.length, found.length);
        for (int i = 0; i < values.length; i++) {
            assertEquals(values[i], found[i], 2 * (absolute + relative * Math.abs(values[i])), what + " " + i);
        }
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }

    private static float[] floats(double[] doubles) {
        float[] values = new float[doubles.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) doubles[i];
        }
        return values;
    }

    private static double[] doubles(JsonNode parameters, String name, double[] otherwise) {
        return parameters.has(name)
                ? Stream.of(parameters.get(name))
                        .flatMapToDouble(array -> Stream.iterate(0, i -> i + 1)
                                .limit(array.size())
                                .mapToDouble(i -> array.get(i).asDouble()))
                        .toArray()
                : otherwise;
    }

    @Test
    void checkFilesHoldZerosAndTies() throws IOException {
        JsonNode check = new JsonMapper().readTree(CheckFile.write(ExportedLayer.of(Formula.parse("max(abs(x), v1)"))));
        JsonNode edges = check.get("training_at_edges").get(0);
        float[] x = floats(edges.get("x"));
        float[] dx = floats(edges.get("dx").get("values"));
        float[] dy = floats(edges.get("dy"));
        float[] v1 = floats(edges.get("parameters").get("v1"));
        float[] gamma = floats(edges.get("parameters").get("gamma"));
        int zeros = 0;
        int ties = 0;
        for (int i = 0; i < x.length; i++) {
            int c = i % v1.length;
            if (x[i] == 0) {
                zeros++;
                assertEquals(0, Math.abs(dx[i]));
            } else if (x[i] == v1[c] && x[i] > 0) {
                ties++;
                assertEquals(dy[i] * gamma[c], dx[i], 1e-6);
            }
        }
        assertTrue(zeros > 0 && ties > 0, zeros + " zeros, " + ties + " ties");
    }

    @Test
    void checkFilesSayWhereNanStays() throws IOException {
        JsonNode check =
                new JsonMapper().readTree(CheckFile.write(ExportedLayer.of(Formula.parse("max(-v1, x + v0)"))));
        int[] shape = StreamSupport.stream(check.get("shape").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
        // The first sample, and no other.
        assertEquals(
                shape[1] * shape[2] * shape[3],
                check.get("evaluation").get("nan_where_x_is_nan").size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "runs/\"\"\"\nimport os\nos.system('x')\n\"\"\"",
                "runs\\",
                "ends in a quote\"",
                "a\rb\u2028c\u0085d\u0000e",
                "\u202Eesrever\u202C",
                "\\N{QUOTATION MARK}\\x22\\x22\\x22",
                "%d {brace} ${x}"
            })
    void textFromOutsideStaysTextInsideItsDocstring(String hostile) {
        ExportedLayer benign = new ExportedLayer(Baselines.get("EvoNorm-B0"), "0123456789abcdef", List.of("MARK"));
        ExportedLayer attacked = new ExportedLayer(benign.layer(), "0123456789abcdef", List.of(hostile));
        for (ExportFormat format : ExportFormat.texts()) {
            String[] expected = format.write(benign).split("MARK", -1);
            String source = format.write(attacked);
            // Only the text itself differs, and it is one paragraph without quotes and escapes.
            assertTrue(source.startsWith(expected[0]), format.symbol());
            assertTrue(source.endsWith(expected[expected.length - 1]), format.symbol());
            if (expected.length > 1) {
                String text = source.substring(expected[0].length(), source.length() - expected[1].length());
                assertTrue(text.chars().noneMatch(c -> c == '"' || c == '\\' || c == '\n' || c < ' '), text);
                assertFalse(text.contains("\u202E") || text.contains("\u2028"), text);
            }
        }
    }

    /** One value per layer has its own shape and start in every framework; erf is the framework's. */
    @Test
    void valuesPerLayerAndErfAreWritten() {
        ExportedLayer derf = ExportedLayer.of(Baselines.get("Derf"));
        String pytorch = ExportFormat.PYTORCH.write(derf);
        assertTrue(pytorch.contains("self.v0 = nn.Parameter(torch.empty(1))\n"), pytorch);
        assertTrue(pytorch.contains("nn.init.constant_(self.v1, 0.5)\n"), pytorch);
        assertTrue(pytorch.contains("return torch.erf(v1 * x + v0)\n"), pytorch);
        assertTrue(
                pytorch.contains("one value per layer: v0 starts at 0, v1 starts at 0.5; per channel: gamma"), pytorch);
        String keras = ExportFormat.KERAS.write(derf);
        assertTrue(keras.contains("shape=(1,), initializer=keras.initializers.Constant(0.5)"), keras);
        assertTrue(keras.contains("v1 = ops.reshape(ops.cast(self.v1, x.dtype), (1, 1, 1, 1))\n"), keras);
        assertTrue(keras.contains("return ops.erf(v1 * x + v0)\n"), keras);
        String jax = ExportFormat.JAX.write(derf);
        assertTrue(jax.contains("params[\"v1\"] = jnp.full(1, 0.5)\n"), jax);
        assertTrue(jax.contains("v1 = params[\"v1\"].astype(x.dtype).reshape(1, 1, 1, 1)\n"), jax);
        assertTrue(jax.contains("return jax.lax.erf(v1 * x + v0)\n"), jax);
        Layer channels = Formula.parse("v1 = channel(-0.5); mean_whcg(v1) * x");
        String shifted = ExportFormat.PYTORCH.write(ExportedLayer.of(channels));
        assertTrue(shifted.contains("self.v1 = nn.Parameter(torch.empty(channels))\n"), shifted);
        assertTrue(shifted.contains("nn.init.constant_(self.v1, -0.5)\n"), shifted);
        // Groups need all channels, which one value per layer has not.
        Layer spread = Formula.parse("v1 = layer(2); std_whcg(v1) * x");
        assertTrue(ExportFormat.PYTORCH.write(ExportedLayer.of(spread)).contains("(v1).expand("));
    }

    @Test
    void layersAreNamedAfterWhatTheyCompute() {
        ExportedLayer known = ExportedLayer.of(Formula.parse("x / max(std_bwh(x), std_wh(x) + x * v1)"));
        assertEquals("EvoNormB0", known.className());
        assertEquals("evonorm_b0", known.fileName());
        ExportedLayer found = ExportedLayer.of(Formula.parse("tanh(x) / std_wh(x)"));
        assertTrue(found.className().matches("EvolvedLayer_[0-9a-f]{8}"), found.className());
        assertEquals("y = gamma * (tanh(x) / std_wh(x)) + beta", found.equation());
        assertEquals(
                "y = gamma * tanh(x) + beta",
                ExportedLayer.of(Formula.parse("tanh(x)")).equation());
        assertEquals("y = x", ExportedLayer.of(Baselines.get("identity")).equation());
    }

    @Test
    void aLayerThatIsNotFiniteHasNoCheckFile() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> CheckFile.write(ExportedLayer.of(Formula.parse("exp(exp(exp(square(x) * square(x))))"))));
        assertTrue(refusal.getMessage().contains("not finite"), refusal.getMessage());
    }

    /** The layer without simplification, which would leave parts of the modules out. */
    static ExportedLayer asProposed(Layer layer) {
        return new ExportedLayer(layer, CandidateIdentity.id(layer), List.of());
    }

    @Test
    void modulesAreWrittenFromTheSimplifiedForm() {
        Layer proposed = Formula.parse("max(tanh(x + 0), x + 0 + 0)");
        Layer simple = Formula.parse("max(tanh(x), x)");
        ExportedLayer exported = ExportedLayer.of(proposed);
        assertEquals(simple, exported.layer());
        assertEquals(CandidateIdentity.id(proposed), exported.id());
        assertEquals("Evolved layer " + CandidateIdentity.id(proposed).substring(0, 8), exported.title());
    }

    @Test
    void theOtherFormatsHoldTheWholeLayer() {
        Layer layer = Formula.parse(ALL_PARTS);
        ExportedLayer exported = new ExportedLayer(layer, "0123456789abcdef", List.of("From a run."));
        assertEquals(layer, LayerJson.read(ExportFormat.JSON.write(exported)));
        String latex = ExportFormat.LATEX.write(exported);
        assertTrue(latex.contains("% From a run.\n") && latex.contains("\\gamma") && latex.contains("\\["), latex);
        String dot = ExportFormat.DOT.write(exported);
        assertTrue(dot.startsWith("digraph layer {") && dot.endsWith("}\n"), dot);
        // Every operation except the affine is a box, every operand an edge.
        int operands = layer.graph().nodes().stream()
                .mapToInt(node -> node.inputs().size())
                .sum();
        assertEquals(
                operands + 1, dot.lines().filter(line -> line.contains("->")).count());
        ExportedLayer grouped = ExportedLayer.of(Formula.parse("groups = count(32); x / std_whcg(x)"));
        assertTrue(ExportFormat.DOT
                .write(grouped)
                .contains(grouped.layer().groups().description()));
        assertFalse(dot.contains("channels"), dot);
    }
}
