package org.evonorm.engine.cpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.TrainingBatches;
import org.evonorm.engine.Model;
import org.evonorm.engine.PlaceLayers;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Operator;

/**
 * The writer of H·g, the direction of steepest ascent of the gradient's norm, in the proxies of all anchor networks,
 * with all data that another program needs to compute it: {@code tests/bench/hessian.py} does so in PyTorch. Vectors
 * are little-endian float32.
 */
public final class HessianProductRecorder {

    /** Three baselines and three of the random graphs that a search drew. */
    static final List<String> LAYERS = List.of(
            "BN-ReLU",
            "EvoNorm-B0",
            "EvoNorm-S0",
            "abs(max(x, mean_wh(sigmoid(0))))",
            "v1 / rms_whcg(std_whc(x))",
            "max(tanh(-x), -x + 0)");

    private static final int BATCH = 8;
    private static final int CROP = 24;
    private static final long SEED = 7;
    private static final Dataset DATA = Datasets.synthetic(SEED, 4 * BATCH, 1, 1);

    private HessianProductRecorder() {}

    /**
     * Writes the vectors of all networks and layers.
     *
     * @param arguments the folder to write, then names or formulas of layers; without any, {@link #LAYERS}
     */
    public static void main(String[] arguments) throws IOException {
        List<String> given = List.of(arguments).subList(1, arguments.length);
        int number = 0;
        for (String layer : given.isEmpty() ? LAYERS : given) {
            number++;
            for (String network : AnchorNetworks.ofPaper()) {
                Path folder = Path.of(arguments[0], network + "-" + number);
                record(Files.createDirectories(folder), network, layer);
                System.out.println(folder + ": " + layer);
            }
        }
    }

    /** The proxy of a network with a layer, at its initial parameters. */
    static Model model(String network, String layer) {
        return new CpuEngine()
                .build(
                        AnchorNetworks.of(network, AnchorNetworks.proxyScale(network), DATA.classes()),
                        LayerName.parse(layer),
                        1,
                        SEED);
    }

    /** The batch of the loss. */
    static Batch batch() {
        return new TrainingBatches(DATA.training(), DATA.standardization(), BATCH, CROP, SEED).next();
    }

    private static void record(Path folder, String network, String layer) throws IOException {
        Batch batch = batch();
        try (Model model = model(network, layer)) {
            ObjectNode json = description(network, layer, model);
            json.withArray("labels").addPOJO(Arrays.copyOf(batch.labels(), BATCH));
            json.withArray("losses").add(model.lossAndGradient(batch));
            float[] gradient = model.gradient();
            write(folder, "initial", model.parameters());
            write(folder, "pixels-0", batch.pixels());
            write(folder, "gradient", gradient);
            write(folder, "product", model.hessianProduct(batch, gradient));
            new ObjectMapper().writeValue(folder.resolve("case.json").toFile(), json);
        }
    }

    private static ObjectNode description(String network, String name, Model model) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Layer layer = LayerName.parse(name);
        CanonicalLayer linear =
                new PlaceLayers(layer).at(new Operator.LinearPlace(0)).orElseThrow();
        ObjectNode json = mapper.createObjectNode()
                .put("network", network)
                .put("name", name)
                .put("crop", CROP);
        json.set(
                "layer",
                mapper.readTree(LayerJson.write(CanonicalLayer.of(layer).layer())));
        json.set("linear", mapper.readTree(LayerJson.write(linear.layer())));
        json.putPOJO("parameters", model.layout().parameters());
        json.putPOJO("averages", model.layout().runningStatistics());
        return json;
    }

    private static void write(Path folder, String name, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(folder.resolve(name + ".f32"), bytes.array());
    }
}
