package org.evonorm.rejection;

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
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;

/**
 * Writes the direction of steepest ascent of the gradient's norm in the proxies of all anchor networks, with all that
 * another program needs to compute it: {@code tests/bench/hessian.py} does so in PyTorch. Vectors are little-endian
 * float32.
 */
public final class HessianProductRecorder {

    private static final int CROP = 24;
    private static final long SEED = 7;

    private HessianProductRecorder() {}

    /** Takes the folder to write, the size of the batch, and the names or formulas of layers. */
    public static void main(String[] arguments) throws IOException {
        int batchSize = Integer.parseInt(arguments[1]);
        int number = 0;
        for (String layer : List.of(arguments).subList(2, arguments.length)) {
            number++;
            for (String network : AnchorNetworks.names()) {
                Path folder = Path.of(arguments[0], network + "-" + number);
                record(Files.createDirectories(folder), network, layer, batchSize);
                System.out.println(folder + ": " + layer);
            }
        }
    }

    private static void record(Path folder, String networkName, String layerName, int batchSize) throws IOException {
        Dataset data = Datasets.synthetic(SEED, 4 * batchSize, 1, 1);
        Network network = AnchorNetworks.of(networkName, AnchorNetworks.proxyScale(networkName), data.classes());
        Layer layer = LayerName.parse(layerName);
        Batch batch = new TrainingBatches(data.training(), data.standardization(), batchSize, CROP, SEED).next();
        try (Model model = new CpuEngine().build(network, layer, 1, SEED)) {
            write(folder, "initial", model.parameters());
            write(folder, "pixels-0", batch.pixels());
            double loss = model.lossAndGradient(batch);
            float[] gradient = model.gradient();
            write(folder, "gradient", gradient);
            write(folder, "product", model.hessianProduct(batch, gradient));
            ObjectMapper mapper = new ObjectMapper();
            Layer linear = new PlaceLayers(layer).at(new Operator.LinearPlace(0)).orElseThrow();
            ObjectNode json = mapper.createObjectNode().put("network", networkName).put("name", layerName)
                    .put("crop", CROP);
            json.set("layer", mapper.readTree(LayerJson.write(CanonicalForm.of(layer))));
            json.set("linear", mapper.readTree(LayerJson.write(linear)));
            json.putPOJO("parameters", model.layout().parameters());
            json.putPOJO("averages", model.layout().averages());
            json.withArray("labels").addPOJO(Arrays.copyOf(batch.labels(), batchSize));
            json.withArray("losses").add(loss);
            mapper.writeValue(folder.resolve("case.json").toFile(), json);
        }
    }

    private static void write(Path folder, String name, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(folder.resolve(name + ".f32"), bytes.array());
    }
}
