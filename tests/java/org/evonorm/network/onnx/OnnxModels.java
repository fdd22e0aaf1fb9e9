package org.evonorm.network.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;

/** ONNX models of tests, written node by node. */
public final class OnnxModels {

    private OnnxModels() {}

    /** Writes a small classifier: three convolutions with normalizations, of which two have an activation, and a gate. */
    public static Path writeClassifier(Path file) {
        try {
            return Files.write(file, bytes(classifier()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A stem with ReLU, a depthwise convolution with SiLU, a gate, a linear convolution and a residual. */
    static GraphProto.Builder classifier() {
        return GraphProto.newBuilder()
                .addInput(images(3))
                .addOutput(ValueInfoProto.newBuilder().setName("logits"))
                .addInitializer(weights("stem.weight", 8, 3, 3, 3))
                .addInitializer(weights("filter.weight", 8, 1, 3, 3))
                .addInitializer(weights("squeeze.weight", 8, 8, 1, 1))
                .addInitializer(weights("squeeze.bias", 8))
                .addInitializer(weights("project.weight", 8, 8, 1, 1))
                .addInitializer(weights("head.weight", 5, 8))
                .addInitializer(weights("head.bias", 5))
                .addNode(node("Conv", "c0", "images", "stem.weight")
                        .addAttribute(numbers("pads", 0, 0, 1, 1))
                        .addAttribute(numbers("strides", 2, 2)))
                .addNode(normalization("n0", "c0", "bn0"))
                .addNode(node("Relu", "a0", "n0"))
                .addNode(node("Conv", "c1", "a0", "filter.weight")
                        .addAttribute(numbers("pads", 1, 1, 1, 1))
                        .addAttribute(number("group", 8)))
                .addNode(normalization("n1", "c1", "bn1"))
                .addNode(node("Sigmoid", "s1", "n1"))
                .addNode(node("Mul", "a1", "n1", "s1"))
                .addNode(node("GlobalAveragePool", "p1", "a1"))
                .addNode(node("Conv", "q1", "p1", "squeeze.weight", "squeeze.bias"))
                .addNode(node("Sigmoid", "g1", "q1"))
                .addNode(node("Mul", "x1", "g1", "a1"))
                .addNode(node("Conv", "c2", "x1", "project.weight"))
                .addNode(normalization("n2", "c2", "bn2"))
                .addNode(node("Add", "r2", "n2", "a0"))
                .addNode(node("GlobalAveragePool", "p2", "r2"))
                .addNode(node("Flatten", "f2", "p2"))
                .addNode(node("Dropout", "d2", "f2"))
                .addNode(
                        node("Gemm", "logits", "d2", "head.weight", "head.bias").addAttribute(number("transB", 1)));
    }

    static byte[] bytes(GraphProto.Builder graph) {
        return bytes(graph, 17);
    }

    /** A model whose operators are of a version. */
    static byte[] bytes(GraphProto.Builder graph, long opset) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    static ValueInfoProto images(int channels) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : new long[] {1, channels, 32, 32}) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        return ValueInfoProto.newBuilder()
                .setName("images")
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setShape(shape)))
                .build();
    }

    static TensorProto weights(String name, long... sizes) {
        TensorProto.Builder weights = TensorProto.newBuilder().setName(name).setDataType(1);
        for (long size : sizes) {
            weights.addDims(size);
        }
        return weights.build();
    }

    static TensorProto longs(String name, long... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(7).addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return tensor.build();
    }

    /** A number without dimensions. */
    static TensorProto scalar(String name, double value) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(1)
                .addFloatData((float) value)
                .build();
    }

    static NodeProto.Builder node(String operator, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addOutput(output)
                .addAllInput(List.of(inputs));
    }

    static NodeProto.Builder normalization(String output, String input, String name) {
        return node("BatchNormalization", output, input).setName(name);
    }

    static AttributeProto number(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setI(value).build();
    }

    static AttributeProto numbers(String name, long... values) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }
}
