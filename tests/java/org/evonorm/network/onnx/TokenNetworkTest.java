package org.evonorm.network.onnx;

import static org.evonorm.network.onnx.OnnxModels.bytes;
import static org.evonorm.network.onnx.OnnxModels.images;
import static org.evonorm.network.onnx.OnnxModels.longs;
import static org.evonorm.network.onnx.OnnxModels.node;
import static org.evonorm.network.onnx.OnnxModels.number;
import static org.evonorm.network.onnx.OnnxModels.numbers;
import static org.evonorm.network.onnx.OnnxModels.scalar;
import static org.evonorm.network.onnx.OnnxModels.weights;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.ValueInfoProto;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.Operator;
import org.evonorm.network.Padding;
import org.evonorm.network.Window;
import org.evonorm.network.onnx.graph.OnnxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transformers and ConvNeXts are read as exporters write them, and what is another function is refused. */
class TokenNetworkTest {

    private static final Window POINT = Window.centered(1, 1);
    private static final Operator PATCHES =
            new Operator.Convolution(Operator.IMAGES, 12, new Window(8, 8, 1, Padding.NONE, false), 1, true);

    private static final List<Operator> TRANSFORMER = List.of(
            PATCHES,
            new Operator.Positions(0, 4, 4),
            new Operator.Tokens(1),
            new Operator.ClassToken(2, true),
            new Operator.Place(3),
            new Operator.Convolution(4, 36, POINT, 1, true),
            new Operator.Attention(5, 3),
            new Operator.Convolution(6, 12, POINT, 1, true),
            new Operator.Add(7, 3),
            new Operator.Place(8),
            new Operator.FirstToken(9),
            new Operator.Dense(10, 5));

    @TempDir
    private Path folder;

    @Test
    void aTransformerWithAClassToken() {
        OnnxNetwork read = read(TransformerModels.whole().graph());
        assertEquals(TRANSFORMER, read.operators());
        assertEquals(
                List.of(
                        new FoundPlace("norm1", "LayerNormalization", "none", 4, true),
                        new FoundPlace("norm", "LayerNormalization", "none", 9, true)),
                read.places());
    }

    /** The scale may be on the keys, on the scores, or a quotient; and attention may be one node. */
    @Test
    void attentionInOtherWords() {
        GraphProto.Builder ofScores = TransformerModels.whole().graph();
        replace(ofScores, "q.scaled", node("Identity", "q.scaled", "q"));
        replace(ofScores, "scores", node("MatMul", "raw", "q.scaled", "k.transposed"));
        insertAfter(ofScores, "raw", node("Div", "scores", "raw", "root"));
        ofScores.addInitializer(scalar("root", 2));
        assertEquals(TRANSFORMER, read(ofScores).operators());

        GraphProto.Builder computed = TransformerModels.whole().graph();
        replace(computed, "q.scaled", node("Shape", "q.shape", "q"));
        insertAfter(computed, "q.shape", node("Mul", "q.scaled", "q", "quarter.root"));
        insertAfter(computed, "q.shape", node("Sqrt", "quarter.root", "quarter"));
        insertAfter(computed, "q.shape", node("Div", "quarter", "one", "width.root"));
        insertAfter(computed, "q.shape", node("Sqrt", "width.root", "width"));
        insertAfter(computed, "q.shape", node("CastLike", "width", "last", "q"));
        insertAfter(computed, "q.shape", node("Gather", "last", "q.shape", "open"));
        replace(computed, "scores", node("Mul", "k.scaled", "k.transposed", "quarter.root"));
        insertAfter(computed, "k.scaled", node("MatMul", "scores", "q.scaled", "k.scaled"));
        computed.addInitializer(scalar("one", 1));
        assertEquals(TRANSFORMER, read(computed).operators());

        GraphProto.Builder single = TransformerModels.whole().graph();
        for (String value : List.of("q.scaled", "k.transposed", "scores", "probabilities")) {
            remove(single, value);
        }
        replace(single, "heard", node("Attention", "heard", "q", "k", "v"));
        assertEquals(TRANSFORMER, read(single).operators());
    }

    /** Three dense layers in place of one give the thirds of its channels. */
    @Test
    void separateQueriesKeysAndValues() {
        TransformerModels model = new TransformerModels().patches().classToken().normalization("n0", "x0", "norm1");
        model.store(longs("by.heads", 1, 17, 3, 4)).store(scalar("factor", 0.5));
        for (String part : List.of("q", "k", "v")) {
            model.dense(part + "0", "n0", part + ".layer", 12, 12)
                    .add(node("Reshape", part + "1", part + "0", "by.heads"))
                    .add(node("Transpose", part, part + "1").addAttribute(numbers("perm", 0, 2, 1, 3)));
        }
        List<Operator> operators =
                read(model.attention(0.5).afterAttention().head().graph()).operators();
        assertEquals(new Operator.Concatenation(List.of(5, 6, 7)), operators.get(8));
        assertEquals(new Operator.Attention(8, 3), operators.get(9));
    }

    /** Tokens come first in PyTorch's own module for attention, and are mixed with the batch for its last layer. */
    @Test
    void tokensBeforeTheBatch() {
        TransformerModels model = new TransformerModels()
                .patches()
                .classToken()
                .normalization("n0", "x0", "norm1")
                .add(node("Transpose", "turned", "n0").addAttribute(numbers("perm", 1, 0, 2)))
                .dense("qkv", "turned", "qkv", 12, 36)
                .store(longs("thirds", 17, 1, 3, 12))
                .store(longs("heads", 17, 3, 4))
                .store(longs("batch", 1, 3, 17, 4))
                .store(longs("rows", 17, 12))
                .store(longs("sequence", 17, 1, 12))
                .store(longs("last", -2))
                .add(node("Reshape", "parted", "qkv", "thirds"))
                .add(node("Unsqueeze", "more", "parted", "zero"))
                .add(node("Transpose", "thirds.first", "more").addAttribute(numbers("perm", 3, 1, 2, 0, 4)))
                .add(node("Squeeze", "three", "thirds.first", "last"));
        for (int i = 0; i < 3; i++) {
            String part = List.of("q", "k", "v").get(i);
            model.store(scalar("", 0).toBuilder()
                            .setName("index" + i)
                            .setDataType(7)
                            .clearFloatData()
                            .addInt64Data(i)
                            .build())
                    .add(node("Gather", part + "0", "three", "index" + i).addAttribute(number("axis", 0)))
                    .add(node("Reshape", part + "1", part + "0", "heads"))
                    .add(node("Transpose", part + "2", part + "1").addAttribute(numbers("perm", 1, 0, 2)))
                    .add(node("Reshape", part, part + "2", "batch"));
        }
        model.attention(0.5)
                .add(node("Transpose", "heard.tokens", "heard").addAttribute(numbers("perm", 2, 0, 1, 3)))
                .add(node("Reshape", "together", "heard.tokens", "rows"))
                .store(weights("proj.weight", 12, 12))
                .store(weights("proj.bias", 12))
                .add(node("Gemm", "projected.rows", "together", "proj.weight", "proj.bias")
                        .addAttribute(number("transB", 1)))
                .add(node("Reshape", "projected.sequence", "projected.rows", "sequence"))
                .add(node("Transpose", "projected", "projected.sequence").addAttribute(numbers("perm", 1, 0, 2)))
                .add(node("Add", "x1", "projected", "x0"))
                .head();
        assertEquals(TRANSFORMER, read(model.graph()).operators());
    }

    @Test
    void otherFunctionsThanAttentionAreRefused() {
        refuses(
                new TransformerModels()
                        .patches()
                        .classToken()
                        .normalization("n0", "x0", "norm1")
                        .dense("qkv", "n0", "qkv", 12, 36)
                        .heads("qkv")
                        .attention(0.25)
                        .afterAttention()
                        .head()
                        .graph(),
                "the Softmax node \"probabilities\" is of scores that are multiplied by 0.25");
        GraphProto.Builder swapped = TransformerModels.whole().graph();
        replace(swapped, "heard", node("MatMul", "heard", "probabilities", "q"));
        refuses(swapped, "the MatMul node \"heard\" attends with queries, keys and values in another order");
        GraphProto.Builder masked = TransformerModels.whole().graph();
        replace(masked, "heard", node("Attention", "heard", "q", "k", "v", "mask"));
        masked.addInitializer(weights("mask", 17, 17));
        refuses(masked, "the Attention node \"heard\" has a mask");
        GraphProto.Builder upright = TransformerModels.whole().graph();
        replace(upright, "k.transposed", node("Identity", "k.transposed", "k"));
        refuses(upright, "the MatMul node \"scores\" multiplies two tensors that are no queries and keys");
        GraphProto.Builder across = TransformerModels.whole().graph();
        replace(
                across,
                "probabilities",
                node("Softmax", "probabilities", "scores").addAttribute(number("axis", 1)));
        refuses(across, "the Softmax node \"probabilities\" is no softmax of the last dimension");
        GraphProto.Builder twice = TransformerModels.whole().graph();
        replace(twice, "x1", node("Add", "x1", "projected", "joined"));
        refuses(twice, "the Add node");
    }

    @Test
    void otherTokensAreRefused() {
        GraphProto.Builder two = TransformerModels.whole().graph();
        two.addInitializer(weights("more", 1, 2, 12));
        replace(two, "joined", node("Concat", "joined", "more", "tokens").addAttribute(number("axis", 1)));
        refuses(two, "the Concat node \"joined\" joins several tokens before the others");
        GraphProto.Builder mean = TransformerModels.whole().graph();
        mean.addInitializer(longs("one", 1)).addInitializer(longs("end", Long.MAX_VALUE));
        replace(mean, "class", node("Slice", "rest", "n1", "one", "end", "one"));
        insertAfter(mean, "rest", node("ReduceMean", "class", "rest", "one").addAttribute(number("keepdims", 0)));
        refuses(mean, "the Slice node \"rest\" takes a part of a dimension");
    }

    /** Without class token the mean over all tokens is classified; the axes of the mean are computed. */
    @Test
    void theMeanOfAllTokens() {
        TransformerModels model = new TransformerModels()
                .patches()
                .store(weights("positions", 1, 16, 12))
                .store(longs("axes", 1))
                .store(longs("flat.axes", -1))
                .add(node("Add", "x0", "tokens", "positions"))
                .normalization("n0", "x0", "norm")
                .add(node("Reshape", "computed", "axes", "flat.axes"))
                .add(node("ReduceMean", "mean", "n0", "computed").addAttribute(number("keepdims", 0)))
                .store(weights("head.weight", 5, 12))
                .store(weights("head.bias", 5))
                .add(node("Gemm", "logits", "mean", "head.weight", "head.bias").addAttribute(number("transB", 1)));
        assertEquals(
                List.of(
                        PATCHES,
                        new Operator.Positions(0, 4, 4),
                        new Operator.Tokens(1),
                        new Operator.Place(2),
                        new Operator.GlobalAveragePool(3),
                        new Operator.Dense(4, 5)),
                read(model.graph()).operators());
    }

    /** A block of ConvNeXt: channels are last for the normalization and dense layers, and a layer scale multiplies it. */
    @Test
    void aBlockOfConvNeXt() {
        List<Operator> expected = List.of(
                PATCHES,
                new Operator.Place(0),
                new Operator.Convolution(1, 24, POINT, 1, true),
                new Operator.Activation(2, ActivationFunction.GELU),
                new Operator.Convolution(3, 12, POINT, 1, true),
                new Operator.LayerScale(4, 0.5),
                new Operator.Add(5, 0),
                new Operator.GlobalAveragePool(6),
                new Operator.Dense(7, 5));
        for (boolean several : new boolean[] {false, true}) {
            assertEquals(expected, read(block(several)).operators());
        }
    }

    private static GraphProto.Builder block(boolean several) {
        TransformerModels model = new TransformerModels()
                .add(node("Conv", "patches", "images", "patches.weight", "patches.bias")
                        .addAttribute(numbers("strides", 8, 8)))
                .add(node("Transpose", "last", "patches").addAttribute(numbers("perm", 0, 2, 3, 1)));
        if (several) {
            model.store(longs("axis", -1))
                    .store(scalar("two", 2))
                    .store(scalar("eps", 1e-6))
                    .store(weights("norm.weight", 12))
                    .store(weights("norm.bias", 12))
                    .add(node("ReduceMean", "mean", "last", "axis"))
                    .add(node("Sub", "centered", "last", "mean"))
                    .add(node("Pow", "square", "centered", "two"))
                    .add(node("ReduceMean", "variance", "square", "axis"))
                    .add(node("Add", "shifted", "variance", "eps"))
                    .add(node("Sqrt", "root", "shifted"))
                    .add(node("Div", "normalized", "centered", "root"))
                    .add(node("Mul", "scaled", "normalized", "norm.weight"))
                    .add(node("Add", "n0", "scaled", "norm.bias"));
        } else {
            model.normalization("n0", "last", "norm");
        }
        model.dense("wide", "n0", "fc1", 12, 24);
        if (several) {
            model.store(scalar("sqrt.two", Math.sqrt(2)))
                    .store(scalar("one", 1))
                    .store(scalar("half", 0.5))
                    .add(node("Div", "divided", "wide", "sqrt.two"))
                    .add(node("Erf", "erf", "divided"))
                    .add(node("Add", "plus", "erf", "one"))
                    .add(node("Mul", "product", "wide", "plus"))
                    .add(node("Mul", "gelu", "product", "half"));
        } else {
            model.add(node("Gelu", "gelu", "wide"));
        }
        return model.dense("narrow", "gelu", "fc2", 24, 12)
                .add(node("Transpose", "back", "narrow").addAttribute(numbers("perm", 0, 3, 1, 2)))
                .store(filled("scale", 0.5f, 12, 1, 1))
                .add(node("Mul", "branch", "scale", "back"))
                .add(node("Add", "sum", "branch", "patches"))
                .add(node("GlobalAveragePool", "pooled", "sum"))
                .add(node("Flatten", "flat", "pooled"))
                .store(weights("head.weight", 5, 12))
                .store(weights("head.bias", 5))
                .add(node("Gemm", "logits", "flat", "head.weight", "head.bias").addAttribute(number("transB", 1)))
                .graph();
    }

    private static onnx.Onnx.TensorProto filled(String name, float value, long... sizes) {
        onnx.Onnx.TensorProto.Builder tensor = weights(name, sizes).toBuilder();
        for (int i = 0; i < sizes[0]; i++) {
            tensor.addFloatData(value);
        }
        return tensor.build();
    }

    /** An activation after a normalization belongs to its place, also behind the transpose back to images. */
    @Test
    void anActivationBehindATranspose() {
        GraphProto.Builder graph = new TransformerModels()
                .add(node("Conv", "patches", "images", "patches.weight", "patches.bias")
                        .addAttribute(numbers("strides", 8, 8)))
                .add(node("Transpose", "last", "patches").addAttribute(numbers("perm", 0, 2, 3, 1)))
                .normalization("n0", "last", "norm")
                .add(node("Transpose", "back", "n0").addAttribute(numbers("perm", 0, 3, 1, 2)))
                .add(node("Relu", "relu", "back"))
                .add(node("GlobalAveragePool", "pooled", "relu"))
                .add(node("Flatten", "flat", "pooled"))
                .store(weights("head.weight", 5, 12))
                .store(weights("head.bias", 5))
                .add(node("Gemm", "logits", "flat", "head.weight", "head.bias").addAttribute(number("transB", 1)))
                .graph();
        OnnxNetwork read = OnnxNetwork.read(file(graph, 17), Places.ACTIVATED);
        assertEquals(
                List.of(PATCHES, new Operator.Place(0), new Operator.GlobalAveragePool(1), new Operator.Dense(2, 5)),
                read.operators());
        assertEquals(List.of(new FoundPlace("norm", "LayerNormalization", "relu", 1, true)), read.places());
    }

    /** Random masks that are divided by their rate are dropout; other random numbers are refused with the mend. */
    @Test
    void droppedPaths() {
        GraphProto.Builder graph = OnnxModels.classifier()
                .addInitializer(weights("mask.shape", 1, 1, 1, 1))
                .addInitializer(scalar("rate", 0.75));
        replace(graph, "r2", node("RandomUniformLike", "drawn", "mask.shape"));
        insertAfter(graph, "drawn", node("Add", "r2", "dropped", "a0"));
        insertAfter(graph, "drawn", node("Mul", "dropped", "n2", "kept"));
        insertAfter(graph, "drawn", node("Div", "kept", "as.float", "rate"));
        insertAfter(graph, "drawn", node("Cast", "as.float", "less").addAttribute(number("to", 1)));
        insertAfter(graph, "drawn", node("Less", "less", "drawn", "rate"));
        assertEquals(read(OnnxModels.classifier()).operators(), read(graph).operators());
        graph.addInitializer(scalar("other", 0.5));
        replace(graph, "kept", node("Div", "kept", "as.float", "other"));
        refuses(graph, "the Mul node \"dropped\" reads random numbers, as stochastic depth (drop_path) draws them");
        refuses(graph, "a rate of 0");
    }

    @Test
    void versionsOutOfRangeAreRefused() {
        for (long opset : new long[] {-1, 0, 1, 8, 999, Long.MAX_VALUE}) {
            Path file = file(OnnxModels.classifier(), opset);
            OnnxException e = assertThrows(OnnxException.class, () -> OnnxNetwork.read(file, Places.ALL));
            assertTrue(
                    e.getMessage().contains("of version (opset) " + opset + ", and versions from 9"), e.getMessage());
        }
        assertEquals(
                read(OnnxModels.classifier()).operators(),
                OnnxNetwork.read(file(OnnxModels.classifier(), 23), Places.ALL).operators());
    }

    /** The batch of a file may be open, and be asked for by its nodes. */
    @Test
    void anOpenBatch() {
        GraphProto.Builder graph = TransformerModels.whole().graph();
        ValueInfoProto.Builder input = images(3).toBuilder();
        input.getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(0)
                .setDimParam("batch");
        graph.setInput(0, input);
        graph.addInitializer(longs("width", 12))
                .addInitializer(longs("head.sizes", 3, 3, 4))
                .addInitializer(longs("count", 17));
        remove(graph, "parted");
        insertAfter(graph, "qkv", node("Reshape", "parted", "qkv", "computed.heads"));
        insertAfter(
                graph,
                "qkv",
                node("Concat", "computed.heads", "samples", "count", "head.sizes")
                        .addAttribute(number("axis", 0)));
        insertAfter(graph, "qkv", node("Slice", "samples", "qkv.shape", "zero", "batch.end"));
        insertAfter(graph, "qkv", node("Shape", "qkv.shape", "qkv"));
        graph.addInitializer(longs("batch.end", 1));
        remove(graph, "together");
        insertAfter(graph, "heard.tokens", node("Reshape", "together", "heard.tokens", "computed.tokens"));
        insertAfter(
                graph,
                "heard.tokens",
                node("Concat", "computed.tokens", "samples", "count", "width").addAttribute(number("axis", 0)));
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            if (graph.getInitializer(i).getName().equals("sizes")) {
                graph.setInitializer(i, longs("sizes", 2, 1, 1));
            }
        }
        assertEquals(TRANSFORMER, read(graph).operators());
    }

    @Test
    void damagedFilesAreReadOrRefusedInOneSentence() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        List<byte[]> whole = List.of(bytes(TransformerModels.whole().graph()), bytes(block(true)), bytes(block(false)));
        Path path = folder.resolve("damaged.onnx");
        int refused = 0;
        for (int trial = 0; trial < 2000; trial++) {
            byte[] damaged = whole.get(trial % whole.size()).clone();
            for (int flip = 1 + random.nextInt(3); flip > 0; flip--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(path, damaged);
            try {
                OnnxNetwork.read(path, Places.ALL);
            } catch (OnnxException e) {
                refused++;
                assertTrue(e.getMessage().startsWith("the network's file " + path), e.getMessage());
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            }
        }
        assertTrue(refused > 300, refused + " refused");
    }

    /** Nodes whose inputs, attributes and constants are replaced by those of others. */
    @Test
    void mixedUpGraphsAreReadOrRefusedInOneSentence() throws IOException {
        SplittableRandom random = new SplittableRandom(4);
        Path path = folder.resolve("mixed.onnx");
        int refused = 0;
        for (int trial = 0; trial < 2000; trial++) {
            GraphProto.Builder graph =
                    (trial % 2 == 0 ? TransformerModels.whole().graph() : block(true));
            for (int change = 1 + random.nextInt(2); change > 0; change--) {
                mixUp(graph, random);
            }
            Files.write(path, bytes(graph));
            try {
                OnnxNetwork.read(path, Places.ALL);
            } catch (OnnxException e) {
                refused++;
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            }
        }
        assertTrue(refused > 500, refused + " refused");
    }

    private static void mixUp(GraphProto.Builder graph, SplittableRandom random) {
        int at = random.nextInt(graph.getNodeCount());
        NodeProto.Builder node = graph.getNode(at).toBuilder();
        NodeProto other = graph.getNode(random.nextInt(graph.getNodeCount()));
        switch (random.nextInt(5)) {
            case 0 -> node.setOpType(other.getOpType());
            case 1 -> node.clearAttribute().addAllAttribute(other.getAttributeList());
            case 2 ->
                node.setInput(
                        random.nextInt(node.getInputCount()), other.getInput(random.nextInt(other.getInputCount())));
            case 3 ->
                graph.setInitializer(
                        random.nextInt(graph.getInitializerCount()),
                        longs(
                                graph.getInitializer(random.nextInt(graph.getInitializerCount()))
                                        .getName(),
                                random.nextLong(-3, 40),
                                random.nextLong()));
            default -> node.addInput(other.getOutput(0));
        }
        graph.setNode(at, node);
    }

    // ---- models

    private static int position(GraphProto.Builder graph, String output) {
        for (int i = 0; i < graph.getNodeCount(); i++) {
            if (graph.getNode(i).getOutput(0).equals(output)) {
                return i;
            }
        }
        throw new AssertionError(output);
    }

    private static void replace(GraphProto.Builder graph, String output, NodeProto.Builder node) {
        graph.setNode(position(graph, output), node);
    }

    private static void remove(GraphProto.Builder graph, String output) {
        graph.removeNode(position(graph, output));
    }

    private static void insertAfter(GraphProto.Builder graph, String output, NodeProto.Builder node) {
        graph.addNode(position(graph, output) + 1, node);
    }

    private OnnxNetwork read(GraphProto.Builder graph) {
        return OnnxNetwork.read(file(graph, 20), Places.ALL);
    }

    private void refuses(GraphProto.Builder graph, String reason) {
        Path file = file(graph, 20);
        OnnxException e = assertThrows(OnnxException.class, () -> OnnxNetwork.read(file, Places.ALL));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    private Path file(GraphProto.Builder graph, long opset) {
        try {
            return Files.write(folder.resolve("model.onnx"), bytes(graph, opset));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
