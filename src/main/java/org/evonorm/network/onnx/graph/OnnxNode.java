package org.evonorm.network.onnx.graph;

import java.util.List;
import java.util.Optional;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.NodeProto;

/** A node of an ONNX graph, with checked access to its attributes. */
public record OnnxNode(NodeProto proto, int index) {

    /** The largest number that a kernel, stride, padding or group may have; no network needs more. */
    private static final int LARGEST = 1 << 16;

    public String operator() {
        return proto.getOpType();
    }

    /** The node in messages: its operator and its name, or its position where it has no name. */
    public String text() {
        return operator() + " node " + (proto.getName().isEmpty() ? "number " + index : '"' + proto.getName() + '"');
    }

    public List<String> inputs() {
        return proto.getInputList();
    }

    /** An input's name; empty where the node leaves it out. */
    public String input(int position) {
        return position < proto.getInputCount() ? proto.getInput(position) : "";
    }

    public String output() {
        return proto.getOutputCount() == 0 ? "" : proto.getOutput(0);
    }

    public Optional<AttributeProto> attribute(String name) {
        return proto.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst();
    }

    public int number(String name, int fallback) {
        return attribute(name).map(attribute -> checked(name, attribute.getI())).orElse(fallback);
    }

    /** An attribute of several numbers; {@code fallback} repeated {@code count} times without it. */
    public int[] numbers(String name, int count, int fallback) {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = fallback;
        }
        Optional<AttributeProto> attribute = attribute(name);
        if (attribute.isPresent()) {
            if (attribute.get().getIntsCount() != count) {
                throw refused(
                        "has " + attribute.get().getIntsCount() + " " + name + ", and " + count + " are supported");
            }
            for (int i = 0; i < count; i++) {
                numbers[i] = checked(name, attribute.get().getInts(i));
            }
        }
        return numbers;
    }

    private int checked(String name, long value) {
        if (value < -LARGEST || value > LARGEST) {
            throw refused("has " + name + " of " + value + ", beyond all bounds");
        }
        return (int) value;
    }

    public OnnxException refused(String reason) {
        return new OnnxException("the " + text() + " " + reason);
    }
}
