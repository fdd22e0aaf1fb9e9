package org.evonorm.export.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;

/**
 * The nodes and constants of an ONNX graph, each written once: a node with the operator, inputs and attributes of an
 * earlier one is the earlier one.
 */
final class NodeList {

    /** An attribute of integers, such as the axes of a mean. */
    record Integers(String name, List<Integer> values) {}

    private record Key(String operator, List<String> inputs, List<Integers> attributes) {}

    private final Map<Key, String> outputs = new LinkedHashMap<>();
    private final Map<String, TensorProto> constants = new LinkedHashMap<>();
    private final Map<String, Integer> named = new LinkedHashMap<>();
    private int unnamed;

    /** The output of a node; its name says what the value is. */
    String node(String operator, List<String> inputs, Integers... attributes) {
        return named("", operator, inputs, attributes);
    }

    /** The output of a node under a name, or the same with a number; a node that is there already keeps its name. */
    String named(String wanted, String operator, List<String> inputs, Integers... attributes) {
        return outputs.computeIfAbsent(
                new Key(operator, List.copyOf(inputs), List.of(attributes)),
                key -> wanted.isEmpty() ? "h" + ++unnamed : unique(wanted));
    }

    private String unique(String wanted) {
        int number = named.merge(wanted, 1, Integer::sum);
        return number == 1 ? wanted : wanted + "_" + number;
    }

    /** The name of a float32 constant. */
    String constant(String name, float[] values, long... shape) {
        constants.computeIfAbsent(name, key -> {
            TensorProto.Builder tensor =
                    TensorProto.newBuilder().setName(key).setDataType(TensorProto.DataType.FLOAT_VALUE);
            Arrays.stream(shape).forEach(tensor::addDims);
            for (float value : values) {
                tensor.addFloatData(value);
            }
            return tensor.build();
        });
        return name;
    }

    /** The name of a constant number. */
    String number(String name, double value) {
        return constant(name, new float[] {(float) value});
    }

    /** The name of a constant shape, for the operators that take one. */
    String shape(long... sizes) {
        String name = Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining("_", "shape_", ""));
        constants.computeIfAbsent(name, key -> {
            TensorProto.Builder tensor = TensorProto.newBuilder()
                    .setName(key)
                    .setDataType(TensorProto.DataType.INT64_VALUE)
                    .addDims(sizes.length);
            Arrays.stream(sizes).forEach(tensor::addInt64Data);
            return tensor.build();
        });
        return name;
    }

    /** Adds nodes and constants to a graph, in which the value {@code result} of a node is called {@code output}. */
    void addTo(GraphProto.Builder graph, String result, String output) {
        outputs.forEach((key, value) -> {
            String name = value.equals(result) ? output : value;
            NodeProto.Builder node =
                    NodeProto.newBuilder().setName(name).setOpType(key.operator).addOutput(name);
            key.inputs.forEach(input -> node.addInput(input.equals(result) ? output : input));
            key.attributes.forEach(attribute -> node.addAttribute(attribute(attribute)));
            graph.addNode(node);
        });
        graph.addAllInitializer(new ArrayList<>(constants.values()));
    }

    private static AttributeProto attribute(Integers attribute) {
        AttributeProto.Builder proto =
                AttributeProto.newBuilder().setName(attribute.name).setType(AttributeProto.AttributeType.INTS);
        attribute.values.forEach(proto::addInts);
        return proto.build();
    }
}
