package org.evonorm.network.onnx;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/**
 * The nodes of an ONNX model that its output depends on, in order, the shapes of its weights and the values of its small
 * constants. Nodes that only prepare weights do not count: a normalization or convolution is taken to depend on its
 * data alone.
 */
final class OnnxGraph {

    /** The most nodes of a model; the largest networks of today have some thousands. */
    private static final int MOST_NODES = 50_000;
    /** The most values of a constant that is read: axes, shapes and limits. */
    private static final int MOST_VALUES = 16;

    /** The operators that pass their input on, in evaluation mode and for one image size. */
    private static final Set<String> PASSING = Set.of("Identity", "Dropout", "Cast", "CastLike");

    private final GraphProto proto;
    private final List<OnnxNode> nodes = new ArrayList<>();
    /** By value, the node that gives it. */
    private final Map<String, Integer> givers = new HashMap<>();

    private final Map<String, TensorProto> constants = new HashMap<>();
    /** By value, the value that nodes pass on under its name. */
    private final Map<String, String> aliases = new HashMap<>();

    private final BitSet needed = new BitSet();
    private final Map<String, List<OnnxNode>> readers = new HashMap<>();
    private final String images;

    private OnnxGraph(GraphProto proto) {
        this.proto = proto;
        proto.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
        this.images = findImages();
        readNodes();
        findNeeded();
    }

    /** The graph of a model's file. */
    static OnnxGraph parse(byte[] bytes) {
        ModelProto model;
        try {
            model = ModelProto.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new OnnxException("it is no ONNX model, or damaged; export it again", e);
        }
        if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
            throw new OnnxException("it is no ONNX model, or holds no graph; export it again");
        }
        if (model.getGraph().getNodeCount() > MOST_NODES) {
            throw new OnnxException("its graph has more than " + MOST_NODES + " nodes");
        }
        return new OnnxGraph(model.getGraph());
    }

    private String findImages() {
        List<ValueInfoProto> inputs = proto.getInputList().stream()
                .filter(input -> !constants.containsKey(input.getName()))
                .toList();
        if (inputs.size() != 1) {
            throw new OnnxException("its graph takes " + inputs.size() + " inputs, and an image classifier takes one");
        }
        var shape = inputs.get(0).getType().getTensorType().getShape();
        if (shape.getDimCount() != 4) {
            throw new OnnxException("its input \"" + inputs.get(0).getName() + "\" has " + shape.getDimCount()
                    + " dimensions, and images have four: batch, channels, height, width");
        }
        long channels = shape.getDim(1).getDimValue();
        if (channels != 3 && channels != 0) {
            throw new OnnxException("its input \"" + inputs.get(0).getName() + "\" has " + channels
                    + " channels, and images have three");
        }
        return inputs.get(0).getName();
    }

    private void readNodes() {
        Set<String> known = new HashSet<>(constants.keySet());
        known.add(images);
        known.add("");
        for (int index = 0; index < proto.getNodeCount(); index++) {
            OnnxNode node = new OnnxNode(proto.getNode(index), index);
            for (String input : node.inputs()) {
                if (!known.contains(input)) {
                    throw node.refused("reads \"" + input + "\", which no earlier node gives");
                }
            }
            for (String output : node.proto().getOutputList()) {
                if (!output.isEmpty() && !known.add(output)) {
                    throw node.refused("gives \"" + output + "\", which is there already");
                }
                givers.put(output, index);
            }
            if (node.operator().equals("Constant")) {
                node.attribute("value").ifPresent(value -> constants.put(node.output(), value.getT()));
            } else if (PASSING.contains(node.operator())) {
                aliases.put(node.output(), source(node.input(0)));
                Optional.ofNullable(constants.get(node.input(0)))
                        .ifPresent(constant -> constants.put(node.output(), constant));
            }
            nodes.add(node);
        }
    }

    private void findNeeded() {
        if (proto.getOutputCount() == 0) {
            throw new OnnxException("its graph has no output");
        }
        if (proto.getOutputCount() > 1) {
            throw new OnnxException(
                    "its graph has " + proto.getOutputCount() + " outputs, and an image classifier has one");
        }
        need(output());
        for (int index = nodes.size() - 1; index >= 0; index--) {
            if (needed.get(index)) {
                dataInputs(nodes.get(index)).forEach(this::need);
            }
        }
        for (OnnxNode node : nodes()) {
            dataInputs(node)
                    .distinct()
                    .forEach(input -> readers.computeIfAbsent(input, none -> new ArrayList<>())
                            .add(node));
        }
    }

    private void need(String value) {
        Integer giver = givers.get(value);
        if (giver != null && !constants.containsKey(value)) {
            needed.set(giver);
        }
    }

    /** The inputs of a node that depend on the images. */
    private Stream<String> dataInputs(OnnxNode node) {
        int count = switch (node.operator()) {
            case "Add", "Mul", "Concat" -> node.inputs().size();
            default -> Math.min(1, node.inputs().size());
        };
        return IntStream.range(0, count)
                .mapToObj(node::input)
                .map(this::source)
                .filter(value -> !constants.containsKey(value));
    }

    /** The value that stands behind a name, without the nodes that pass it on. */
    String source(String value) {
        return aliases.getOrDefault(value, value);
    }

    /** The name of the images. */
    String images() {
        return images;
    }

    /** The value that the model gives. */
    String output() {
        return source(proto.getOutput(0).getName());
    }

    /** The nodes that the output depends on, in order, without those that pass a value on. */
    List<OnnxNode> nodes() {
        return nodes.stream()
                .filter(node -> needed.get(node.index()) && !PASSING.contains(node.operator()))
                .toList();
    }

    /** The node that gives a value, if one does. */
    Optional<OnnxNode> giver(String value) {
        return Optional.ofNullable(givers.get(source(value))).map(nodes::get);
    }

    /** The needed nodes that read a value. */
    List<OnnxNode> readers(String value) {
        return readers.getOrDefault(value, List.of());
    }

    boolean isConstant(String value) {
        return constants.containsKey(source(value));
    }

    /** The dimensions of a weight. */
    List<Long> dimensions(OnnxNode node, int input) {
        TensorProto weights = constants.get(source(node.input(input)));
        if (weights == null) {
            throw node.refused("has weights that are computed, and only stored ones are supported");
        }
        return weights.getDimsList();
    }

    /** The values of a small constant; absent if the input is left out. */
    Optional<double[]> values(OnnxNode node, int input) {
        if (node.input(input).isEmpty()) {
            return Optional.empty();
        }
        TensorProto constant = constants.get(source(node.input(input)));
        if (constant == null) {
            throw node.refused("computes its input number " + input + ", and only constants are supported there");
        }
        return Optional.of(values(node, constant));
    }

    private static double[] values(OnnxNode node, TensorProto constant) {
        ByteString raw = constant.getRawData();
        if (raw.size() > MOST_VALUES * Long.BYTES) {
            throw node.refused("has a constant of " + raw.size() + " bytes, where a few numbers were expected");
        }
        if (constant.getDataType() == TensorProto.DataType.FLOAT_VALUE) {
            FloatBuffer floats =
                    raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            return raw.isEmpty()
                    ? constant.getFloatDataList().stream()
                            .limit(MOST_VALUES)
                            .mapToDouble(Float::doubleValue)
                            .toArray()
                    : IntStream.range(0, floats.remaining())
                            .mapToDouble(floats::get)
                            .toArray();
        }
        var longs = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        return raw.isEmpty()
                ? constant.getInt64DataList().stream()
                        .limit(MOST_VALUES)
                        .mapToDouble(Long::doubleValue)
                        .toArray()
                : IntStream.range(0, longs.remaining()).mapToDouble(longs::get).toArray();
    }
}
