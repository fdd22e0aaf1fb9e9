package org.evonorm.network.onnx.graph;

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
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/** The nodes of an ONNX model that its output depends on, in order, and the values that do not depend on the images. */
public final class OnnxGraph {

    /** The most nodes of a model; the largest networks of today have some thousands. */
    private static final int MOST_NODES = 50_000;
    /** The oldest and the newest opset whose operators mean what they are taken to mean here. */
    private static final int OLDEST_OPSET = 9;

    private static final int NEWEST_OPSET = 28;
    /** The names of the domain of ONNX's own operators. */
    private static final Set<String> STANDARD = Set.of("", "ai.onnx");
    /** The operators that pass their input on, in evaluation mode and for one image size. */
    private static final Set<String> PASSING = Set.of("Identity", "Dropout", "Cast", "CastLike");
    /** The operators that ask for the shape of their input alone. */
    private static final Set<String> ASKING = Set.of("Shape", "Size");

    private final GraphProto proto;
    private final List<OnnxNode> nodes = new ArrayList<>();
    /** By value, the node that gives it. */
    private final Map<String, Integer> givers = new HashMap<>();

    private final Map<String, Constant> constants = new HashMap<>();
    /** By value, the value that nodes pass on under its name. */
    private final Map<String, String> aliases = new HashMap<>();

    private final BitSet needed = new BitSet();
    private final Map<String, List<OnnxNode>> readers = new HashMap<>();
    private final ImageInput images;

    private OnnxGraph(GraphProto proto) {
        this.proto = proto;
        proto.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), Constant.stored(tensor)));
        this.images = findImages();
        readNodes();
        findNeeded();
    }

    /** The graph of a model's file. */
    public static OnnxGraph parse(byte[] bytes) {
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
        requireOpset(model);
        return new OnnxGraph(model.getGraph());
    }

    private static void requireOpset(ModelProto model) {
        long opset = model.getOpsetImportList().stream()
                .filter(imported -> STANDARD.contains(imported.getDomain()))
                .mapToLong(imported -> imported.getVersion())
                .findFirst()
                .orElseThrow(() -> new OnnxException(
                        "it does not say of which version (opset) its operators are; export it again"));
        if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
            throw new OnnxException("its operators are of version (opset) " + opset + ", and versions from "
                    + OLDEST_OPSET + " to " + NEWEST_OPSET
                    + " are supported; export it with opset_version=20");
        }
    }

    private ImageInput findImages() {
        List<ValueInfoProto> inputs = proto.getInputList().stream()
                .filter(input -> !constants.containsKey(input.getName()))
                .toList();
        if (inputs.size() != 1) {
            throw new OnnxException("its graph takes " + inputs.size() + " inputs, and an image classifier takes one");
        }
        String name = inputs.get(0).getName();
        TensorShapeProto shape = inputs.get(0).getType().getTensorType().getShape();
        return ImageInput.of(
                name,
                shape.getDimList().stream()
                        .map(TensorShapeProto.Dimension::getDimValue)
                        .toList());
    }

    private void readNodes() {
        Set<String> known = new HashSet<>(constants.keySet());
        known.add(images.name());
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
            if (STANDARD.contains(node.proto().getDomain()) && !fold(node) && PASSING.contains(node.operator())) {
                aliases.put(node.output(), source(node.input(0)));
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
                inputs(nodes.get(index)).forEach(this::need);
            }
        }
        for (OnnxNode node : nodes()) {
            if (!ASKING.contains(node.operator())) {
                inputs(node)
                        .distinct()
                        .forEach(input -> readers.computeIfAbsent(input, none -> new ArrayList<>())
                                .add(node));
            }
        }
    }

    private void need(String value) {
        Integer giver = givers.get(value);
        if (giver != null && !constants.containsKey(value)) {
            needed.set(giver);
        }
    }

    /** The inputs of a node that are not known to be constants; of a second input of CastLike only the type counts. */
    private Stream<String> inputs(OnnxNode node) {
        int count = PASSING.contains(node.operator())
                ? Math.min(1, node.inputs().size())
                : node.inputs().size();
        return IntStream.range(0, count)
                .mapToObj(node::input)
                .filter(input -> !input.isEmpty())
                .map(this::source)
                .filter(value -> !constants.containsKey(value));
    }

    /** The value that stands behind a name, without the nodes that pass it on. */
    public String source(String value) {
        return aliases.getOrDefault(value, value);
    }

    /** The images. */
    public ImageInput images() {
        return images;
    }

    /** The value that the model gives. */
    public String output() {
        return source(proto.getOutput(0).getName());
    }

    /** The nodes that the output depends on, in order, without those that pass a value on. */
    public List<OnnxNode> nodes() {
        return nodes.stream()
                .filter(node -> needed.get(node.index()) && !aliases.containsKey(node.output()))
                .toList();
    }

    /** Whether a node's operator is one of ONNX's own. */
    public static boolean isStandard(OnnxNode node) {
        return STANDARD.contains(node.proto().getDomain());
    }

    /** The node that gives a value, if one does. */
    public Optional<OnnxNode> giver(String value) {
        return Optional.ofNullable(givers.get(source(value))).map(nodes::get);
    }

    /** The needed nodes that read a value; those that ask for its shape alone do not count. */
    public List<OnnxNode> readers(String value) {
        return readers.getOrDefault(source(value), List.of());
    }

    /** The one node that reads a value, if its operator is the wanted one. */
    public Optional<OnnxNode> onlyReader(String value, String operator) {
        List<OnnxNode> all = readers(value);
        return all.size() == 1
                ? Optional.of(all.get(0)).filter(reader -> reader.operator().equals(operator))
                : Optional.empty();
    }

    // ---- constants

    /** A value that does not depend on the images; absent if it does, or is not known how to compute. */
    public Optional<Constant> constant(String value) {
        return Optional.ofNullable(constants.get(source(value)));
    }

    /** An input of a node that does not depend on the images. */
    public Optional<Constant> constant(OnnxNode node, int input) {
        return constant(node.input(input));
    }

    /** Computes the value of a node whose inputs are constants; false if it has others, or is not known. */
    public boolean fold(OnnxNode node) {
        List<Optional<Constant>> inputs = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            inputs.add(constant(node, i));
            boolean counts = i == 0 || !node.operator().equals("CastLike");
            if (counts && !node.input(i).isEmpty() && inputs.get(i).isEmpty()) {
                return false;
            }
        }
        Optional<Constant> folded = ConstantFolding.fold(node, inputs);
        folded.ifPresent(value -> constants.put(node.output(), value));
        return folded.isPresent();
    }

    /** Tells the sizes of the value that a node asks for. */
    public void answer(OnnxNode asking, List<Long> sizes) {
        Optional<Constant> answer = asking.operator().equals("Size")
                ? Optional.of(Constant.computed(List.of(), true, (double) Constant.count(sizes)))
                : ConstantFolding.shape(asking, sizes);
        answer.ifPresent(value -> constants.put(asking.output(), value));
    }

    /** The dimensions of a weight. */
    public List<Long> dimensions(OnnxNode node, int input) {
        return constant(node, input)
                .orElseThrow(() -> node.refused("has weights that are computed, and only stored ones are supported"))
                .dimensions();
    }

    /** The integers of a constant, as an attribute of older versions or an input; absent if the node leaves it out. */
    public Optional<List<Long>> integers(OnnxNode node, String attribute, int input) {
        Optional<List<Long>> stored = node.attribute(attribute).map(values -> List.copyOf(values.getIntsList()));
        if (stored.isPresent() || node.input(input).isEmpty()) {
            return stored;
        }
        return Optional.of(constant(node, input)
                .flatMap(Constant::integers)
                .orElseThrow(() -> node.refused(
                        "computes its input number " + input + ", and only constants are supported there")));
    }
}
