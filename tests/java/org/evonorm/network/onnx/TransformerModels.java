package org.evonorm.network.onnx;

import static org.evonorm.network.onnx.OnnxModels.images;
import static org.evonorm.network.onnx.OnnxModels.longs;
import static org.evonorm.network.onnx.OnnxModels.node;
import static org.evonorm.network.onnx.OnnxModels.number;
import static org.evonorm.network.onnx.OnnxModels.numbers;
import static org.evonorm.network.onnx.OnnxModels.scalar;
import static org.evonorm.network.onnx.OnnxModels.weights;

import java.util.ArrayList;
import java.util.List;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;

/**
 * Vision transformers of one block, written as exporters do, in parts that tests replace by others: patches of 8 × 8
 * pixels of an image of 32 × 32, with 12 channels, 3 heads and a class token.
 */
final class TransformerModels {

    private final List<NodeProto.Builder> nodes = new ArrayList<>();
    private final List<TensorProto> stored = new ArrayList<>();

    TransformerModels() {
        stored.add(weights("patches.weight", 12, 3, 8, 8));
        stored.add(weights("patches.bias", 12));
    }

    TransformerModels add(NodeProto.Builder node) {
        nodes.add(node);
        return this;
    }

    TransformerModels store(TensorProto tensor) {
        stored.add(tensor);
        return this;
    }

    /** The graph with the logits as its output. */
    GraphProto.Builder graph() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(images(3))
                .addOutput(ValueInfoProto.newBuilder().setName("logits"));
        stored.forEach(graph::addInitializer);
        nodes.forEach(graph::addNode);
        return graph;
    }

    /** Patches as tokens [1, 16, 12]; the shape is computed from the one of the patches. */
    TransformerModels patches() {
        return add(node("Conv", "patches", "images", "patches.weight", "patches.bias")
                        .addAttribute(numbers("strides", 8, 8)))
                .store(longs("zero", 0))
                .store(longs("two", 2))
                .store(longs("open", -1))
                .add(node("Shape", "patches.shape", "patches"))
                .add(node("Slice", "patches.first", "patches.shape", "zero", "two", "zero"))
                .add(node("Concat", "row", "patches.first", "open").addAttribute(number("axis", 0)))
                .add(node("Reshape", "flat", "patches", "row"))
                .add(node("Transpose", "tokens", "flat").addAttribute(numbers("perm", 0, 2, 1)));
    }

    /** A class token before the tokens, and positions of all. */
    TransformerModels classToken() {
        return store(weights("token", 1, 1, 12))
                .store(weights("positions", 1, 17, 12))
                .store(longs("sizes", 1, -1, -1))
                .store(longs("ones", 1, 1, 1))
                .store(longs("minus", -1, -1, -1))
                .add(node("Equal", "open.sizes", "sizes", "minus"))
                .add(node("Where", "known", "open.sizes", "ones", "sizes"))
                .add(node("Expand", "token.expanded", "token", "known"))
                .add(node("Concat", "joined", "token.expanded", "tokens").addAttribute(number("axis", 1)))
                .add(node("Add", "x0", "joined", "positions"));
    }

    /** A layer normalization of one node. */
    TransformerModels normalization(String output, String input, String name) {
        return store(weights(name + ".weight", 12))
                .store(weights(name + ".bias", 12))
                .add(node("LayerNormalization", output, input, name + ".weight", name + ".bias")
                        .addAttribute(number("axis", -1)));
    }

    /** A dense layer of every token: the weights are transposed, and the bias is added. */
    TransformerModels dense(String output, String input, String name, int from, int to) {
        return store(weights(name + ".weight", to, from))
                .store(weights(name + ".bias", to))
                .add(node("Transpose", name + ".transposed", name + ".weight").addAttribute(numbers("perm", 1, 0)))
                .add(node("MatMul", name + ".product", input, name + ".transposed"))
                .add(node("Add", output, name + ".bias", name + ".product"));
    }

    /** Queries, keys and values of the heads [1, 3, 17, 4] of a tensor [1, 17, 36]. */
    TransformerModels heads(String input) {
        store(longs("by.heads", 1, 17, 3, 3, 4))
                .store(longs("parts", 1, 1, 1))
                .add(node("Reshape", "parted", input, "by.heads"))
                .add(node("Transpose", "ordered", "parted").addAttribute(numbers("perm", 2, 0, 3, 1, 4)));
        NodeProto.Builder split = node("Split", "q1", "ordered", "parts");
        add(split.addOutput("k1").addOutput("v1").addAttribute(number("axis", 0)));
        for (String part : List.of("q", "k", "v")) {
            add(node("Squeeze", part, part + "1", "zero"));
        }
        return this;
    }

    /** Attention as a product, a softmax and a product, with the number that multiplies the queries. */
    TransformerModels attention(double factor) {
        return store(scalar("factor", factor))
                .add(node("Mul", "q.scaled", "q", "factor"))
                .add(node("Transpose", "k.transposed", "k").addAttribute(numbers("perm", 0, 1, 3, 2)))
                .add(node("MatMul", "scores", "q.scaled", "k.transposed"))
                .add(node("Softmax", "probabilities", "scores").addAttribute(number("axis", -1)))
                .add(node("MatMul", "heard", "probabilities", "v"));
    }

    /** The heads side by side, a dense layer and a residual connection. */
    TransformerModels afterAttention() {
        return store(longs("side.by.side", 1, 17, 12))
                .add(node("Transpose", "heard.tokens", "heard").addAttribute(numbers("perm", 0, 2, 1, 3)))
                .add(node("Reshape", "together", "heard.tokens", "side.by.side"))
                .dense("projected", "together", "proj", 12, 12)
                .add(node("Add", "x1", "projected", "x0"));
    }

    /** The class token of the last normalization, classified. */
    TransformerModels head() {
        return normalization("n1", "x1", "norm")
                .store(TensorProto.newBuilder()
                        .setName("first")
                        .setDataType(7)
                        .addInt64Data(0)
                        .build())
                .store(weights("head.weight", 5, 12))
                .store(weights("head.bias", 5))
                .add(node("Gather", "class", "n1", "first").addAttribute(number("axis", 1)))
                .add(node("Gemm", "logits", "class", "head.weight", "head.bias").addAttribute(number("transB", 1)));
    }

    /** A whole model. */
    static TransformerModels whole() {
        return new TransformerModels()
                .patches()
                .classToken()
                .normalization("n0", "x0", "norm1")
                .dense("qkv", "n0", "qkv", 12, 36)
                .heads("qkv")
                .attention(0.5)
                .afterAttention()
                .head();
    }
}
