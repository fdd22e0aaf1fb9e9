package org.evonorm.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.EvaluationBatches;
import org.evonorm.data.TrainingBatches;
import org.evonorm.engine.Model;
import org.evonorm.engine.PlaceLayers;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.network.onnx.FoundPlace;
import org.evonorm.network.onnx.OnnxNetwork;
import org.evonorm.network.onnx.Places;

/**
 * Records a few training steps of layers in the proxies of all anchor networks, or in networks from ONNX files. The folder that it writes has all data
 * that another program needs to repeat the steps; {@code tests/bench/parity.py} repeats them in PyTorch. Vectors are
 * little-endian float32.
 */
public final class StepRecorder {

    private static final int STEPS = 12;
    private static final int BATCH = 64;
    private static final int CROP = 24;
    /** Of networks from files, some of which take no smaller images. */
    private static final int CROP_OF_FILES = 32;

    private static final int CLASSES = 10;
    private static final String ONNX = ".onnx";
    private static final int WARM_UP = 50;
    private static final long SEED = 7;

    private final Path folder;
    private final Dataset data = Datasets.synthetic(SEED, STEPS * BATCH, BATCH, 1);
    private final Batch scored = new EvaluationBatches(data.validation(), data.standardization(), BATCH)
            .iterator()
            .next();

    private StepRecorder(Path folder) {
        this.folder = folder;
    }

    /**
     * A network to record.
     *
     * @param places the places of a network from a file
     */
    private record Recorded(Network network, List<FoundPlace> places) {}

    /**
     * Arguments: the folder to write, then names or formulas of layers, and ONNX files, which take the place of the
     * anchor networks.
     */
    public static void main(String[] arguments) throws IOException {
        List<String> files = Stream.of(arguments)
                .skip(1)
                .filter(argument -> argument.endsWith(ONNX))
                .toList();
        List<String> layers = Stream.of(arguments)
                .skip(1)
                .filter(argument -> !argument.endsWith(ONNX))
                .toList();
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("give a folder to write and one or more layers");
        }
        List<Recorded> networks = files.isEmpty()
                ? AnchorNetworks.names().stream()
                        .map(name -> new Recorded(
                                AnchorNetworks.of(name, AnchorNetworks.proxyScale(name), CLASSES), List.of()))
                        .toList()
                : files.stream().map(StepRecorder::read).toList();
        for (int number = 1; number <= layers.size(); number++) {
            for (Recorded network : networks) {
                Path folder = Path.of(arguments[0], network.network().name() + "-" + number);
                new StepRecorder(Files.createDirectories(folder)).record(network, layers.get(number - 1));
                System.out.println(folder + ": " + layers.get(number - 1));
            }
        }
    }

    private static Recorded read(String file) {
        OnnxNetwork read = OnnxNetwork.read(Path.of(file), Places.ALL);
        if (read.places().stream().anyMatch(place -> !place.activation().equals("none"))) {
            read = OnnxNetwork.read(Path.of(file), Places.ACTIVATED);
        }
        String name = Path.of(file).getFileName().toString();
        return new Recorded(
                read.network(name.substring(0, name.length() - ONNX.length())).withClasses(CLASSES), read.places());
    }

    private void record(Recorded recorded, String layerName) throws IOException {
        Network network = recorded.network();
        Layer layer = LayerName.parse(layerName);
        LearningRate rates = new LearningRate(0.1, RateDecay.CONSTANT, WARM_UP, STEPS);
        int crop = recorded.places().isEmpty() ? CROP : CROP_OF_FILES;
        TrainingBatches batches = new TrainingBatches(data.training(), data.standardization(), BATCH, crop, SEED);
        try (Model model = new CpuEngine().build(network, layer, 1, SEED)) {
            ObjectNode json = description(network.name(), layerName, layer, model);
            json.put("crop", crop).putPOJO("places", recorded.places());
            write("initial", model.parameters());
            for (int step = 0; step < STEPS; step++) {
                Batch batch = batches.next();
                write("pixels-" + step, batch.pixels());
                json.withArray("labels").addPOJO(Arrays.copyOf(batch.labels(), BATCH));
                json.withArray("losses").add(model.lossAndGradient(batch));
                if (step == 0) {
                    write("gradient", model.gradient());
                }
                model.update(new NesterovSgd((float) rates.at(step), 0.9f, 1e-4f));
            }
            write("final", model.parameters());
            write("averages", model.runningStatistics());
            write("scored-pixels", scored.pixels());
            write("logits", model.predict(scored));
            new ObjectMapper().writeValue(folder.resolve("case.json").toFile(), json);
        }
    }

    private static ObjectNode description(String network, String name, Layer layer, Model model) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        CanonicalLayer linear =
                new PlaceLayers(layer).at(new Operator.LinearPlace(0)).orElseThrow();
        ObjectNode json = mapper.createObjectNode().put("network", network).put("name", name);
        json.set(
                "layer",
                mapper.readTree(LayerJson.write(CanonicalLayer.of(layer).layer())));
        json.set("linear", mapper.readTree(LayerJson.write(linear.layer())));
        json.putPOJO("parameters", model.layout().parameters());
        json.putPOJO("averages", model.layout().runningStatistics());
        return json;
    }

    private void write(String name, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(folder.resolve(name + ".f32"), bytes.array());
    }
}
