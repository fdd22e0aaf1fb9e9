package org.evonorm.network.onnx;

import static org.evonorm.network.onnx.OnnxModels.bytes;
import static org.evonorm.network.onnx.OnnxModels.classifier;
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
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ValueInfoProto;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.Operator;
import org.evonorm.network.Padding;
import org.evonorm.network.Window;
import org.evonorm.network.onnx.graph.OnnxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are written here node by node are read as the networks that they are. */
class OnnxNetworkTest {

    @TempDir
    private Path folder;

    private static final List<Operator> EXPECTED = List.of(
            new Operator.Convolution(-1, 8, new Window(3, 2, 1, new Padding(0, 0, 1, 1), false), 1, false),
            new Operator.Place(0),
            new Operator.Convolution(1, 8, 3, 1, 8),
            new Operator.Place(2),
            new Operator.GlobalAveragePool(3),
            new Operator.Convolution(4, 8, Window.centered(1, 1), 1, true),
            new Operator.Activation(5, ActivationFunction.SIGMOID),
            new Operator.Scale(3, 6),
            new Operator.Convolution(7, 8, 1, 1, 1),
            new Operator.LinearPlace(8),
            new Operator.Add(9, 1),
            new Operator.GlobalAveragePool(10),
            new Operator.Dense(11, 5));

    @Test
    void nodesBecomeOperatorsAndPlaces() {
        OnnxNetwork read = OnnxNetwork.read(file(classifier()), Places.ACTIVATED);
        assertEquals(EXPECTED, read.operators());
        assertEquals(
                List.of(
                        new FoundPlace("bn0", "BatchNormalization", "relu", 1, true),
                        new FoundPlace("bn1", "BatchNormalization", "swish", 3, true),
                        new FoundPlace("bn2", "BatchNormalization", "none", 9, false)),
                read.places());
        assertEquals(10, read.network("mine").withClasses(10).classes());
        assertEquals("mine", read.network("mine").name());
    }

    @Test
    void placesCanBeChosen() {
        OnnxNetwork all = OnnxNetwork.read(file(classifier()), Places.ALL);
        assertEquals(new Operator.Place(8), all.operators().get(9));
        List<Operator> named = OnnxNetwork.read(file(classifier()), Places.named(List.of("bn2", "bn1")))
                .operators();
        assertEquals(new Operator.LinearPlace(0), named.get(1));
        assertEquals(new Operator.Activation(1, ActivationFunction.RELU), named.get(2));
        assertEquals(new Operator.Place(3), named.get(4));
        refuses(classifier(), Places.named(List.of("bn7")), "has no normalization \"bn7\"");
    }

    @Test
    void unsupportedNodesAreRefusedByNameAndOperator() {
        GraphProto.Builder graph = classifier();
        graph.setNode(2, node("Selu", "a0", "n0").setName("/stem/act"));
        refuses(graph, Places.ACTIVATED, "the Selu node \"/stem/act\" is of an operator that is not supported");
        GraphProto.Builder rectangular = classifier();
        rectangular.setInitializer(0, weights("stem.weight", 8, 3, 3, 1));
        refuses(rectangular, Places.ACTIVATED, "Conv node \"c0\" has a window that is not square");
        GraphProto.Builder four = classifier();
        four.setInput(0, images(4));
        refuses(four, Places.ACTIVATED, "has 4 channels, and images have three");
    }

    @Test
    void foldedNormalizationsAreRefusedWithTheMend() {
        GraphProto.Builder folded = GraphProto.newBuilder()
                .addInput(images(3))
                .addOutput(ValueInfoProto.newBuilder().setName("logits"))
                .addInitializer(weights("head.weight", 5, 3))
                .addInitializer(weights("head.bias", 5))
                .addNode(node("GlobalAveragePool", "p", "images"))
                .addNode(node("Flatten", "f", "p"))
                .addNode(node("Gemm", "logits", "f", "head.weight", "head.bias").addAttribute(number("transB", 1)));
        refuses(folded, Places.ACTIVATED, "exporters fold BatchNormalization");
    }

    @Test
    void valuesThatNoEarlierNodeGivesAreRefused() {
        GraphProto.Builder circle = classifier();
        circle.setNode(0, node("Conv", "c0", "r2", "stem.weight"));
        refuses(circle, Places.ACTIVATED, "Conv node \"c0\" reads \"r2\", which no earlier node gives");
    }

    @Test
    void weightsOfSeveralNodesAreRefused() {
        GraphProto.Builder graph = classifier();
        graph.setNode(8, node("Conv", "q1", "p1", "project.weight"));
        refuses(graph, Places.ACTIVATED, "the Conv node \"c2\" has the weights of the Conv node \"q1\" too");
        GraphProto.Builder normalized = classifier();
        normalized.setNode(1, node("BatchNormalization", "n0", "c0", "bn.weight"));
        normalized.setNode(4, node("BatchNormalization", "n1", "c1", "bn.weight"));
        normalized.addInitializer(weights("bn.weight", 8));
        refuses(normalized, Places.ACTIVATED, "the BatchNormalization node \"n1\" has the weights of the");
    }

    /** As PyTorch's older exporter writes nn.GroupNorm, with weights and without. */
    @Test
    void aGroupNormalizationOfSeveralNodesIsOnePlace() {
        for (boolean affine : new boolean[] {true, false}) {
            GraphProto.Builder graph = classifier().removeNode(1);
            graph.addInitializer(weights("gn.weight", 8)).addInitializer(weights("gn.bias", 8));
            graph.addNode(1, node("Reshape", "parted", "c0", "gn.shape"))
                    .addNode(2, node("InstanceNormalization", "normalized", "parted", "ones", "zeros"))
                    .addNode(3, node("Shape", "size", "c0"))
                    .addNode(4, node("Reshape", affine ? "whole" : "n0", "normalized", "size"));
            if (affine) {
                graph.addNode(5, node("Unsqueeze", "w", "gn.weight", "axes"))
                        .addNode(6, node("Mul", "scaled", "whole", "w"))
                        .addNode(7, node("Unsqueeze", "b", "gn.bias", "axes"))
                        .addNode(8, node("Add", "n0", "scaled", "b"));
            }
            graph.addInitializer(longs("gn.shape", 0, 2, -1))
                    .addInitializer(weights("ones", 2))
                    .addInitializer(weights("zeros", 2))
                    .addInitializer(longs("axes", 1, 2));
            OnnxNetwork read = OnnxNetwork.read(file(graph), Places.ACTIVATED);
            assertEquals(EXPECTED, read.operators());
            assertEquals(
                    new FoundPlace(affine ? "gn" : "parted", "GroupNormalization", "relu", 1, true),
                    read.places().get(0));
        }
    }

    /** A product with a number after a group normalization is no scale of it, which a place would swallow. */
    @Test
    void aProductWithANumberIsNoPartOfAGroupNormalization() {
        GraphProto.Builder graph = classifier().removeNode(1);
        graph.addNode(1, node("Reshape", "parted", "c0", "shape"))
                .addNode(2, node("InstanceNormalization", "normalized", "parted", "ones", "zeros"))
                .addNode(3, node("Reshape", "whole", "normalized", "shape"))
                .addNode(4, node("Mul", "n0", "whole", "half"));
        graph.addInitializer(longs("shape", 0, 2, -1))
                .addInitializer(weights("ones", 2))
                .addInitializer(weights("zeros", 2))
                .addInitializer(scalar("half", 0.5));
        refuses(graph, Places.ACTIVATED, "Mul node \"n0\" takes a constant");
    }

    @Test
    void whatDoesNotFitIsNamedByItsNode() {
        GraphProto.Builder graph = classifier();
        graph.setNode(
                3,
                node("Conv", "c1", "a0", "filter.weight")
                        .addAttribute(numbers("pads", 5, 5, 5, 5))
                        .addAttribute(number("group", 8)));
        refuses(graph, Places.ACTIVATED, "the Conv node \"c1\", in images of 512×512 pixels, must have padding from 0");
        GraphProto.Builder kernel = classifier();
        kernel.setNode(0, node("Conv", "c0", "images", "stem.weight").addAttribute(numbers("kernel_shape", 5, 5)));
        refuses(kernel, Places.ACTIVATED, "Conv node \"c0\" has another kernel_shape than its weights");
        GraphProto.Builder foreign = classifier();
        foreign.setNode(2, node("Relu", "a0", "n0").setDomain("com.example"));
        refuses(foreign, Places.ACTIVATED, "is of the operators \"com.example\"");
        refuses(
                classifier().addOutput(ValueInfoProto.newBuilder().setName("a0")),
                Places.ACTIVATED,
                "has 2 outputs, and an image classifier has one");
    }

    @Test
    void placesAreWordsOrNames() {
        assertEquals(Places.ALL, Places.of("All"));
        assertEquals(Places.named(List.of("a", "b")), Places.of("a, b"));
        OnnxException e = assertThrows(OnnxException.class, () -> Places.of(" , "));
        assertTrue(e.getMessage().startsWith("places names no normalization"), e.getMessage());
    }

    @Test
    void hugeSizesAreRefused() {
        GraphProto.Builder graph = classifier();
        graph.setNode(
                3,
                node("Conv", "c1", "a0", "filter.weight")
                        .addAttribute(numbers("pads", 1L << 40, 1, 1, 1))
                        .addAttribute(number("group", 8)));
        refuses(graph, Places.ACTIVATED, "beyond all bounds");
        GraphProto.Builder wide = classifier();
        wide.setInitializer(0, weights("stem.weight", 1L << 40, 3, 3, 3));
        refuses(wide, Places.ACTIVATED, "sizes from 1 to 65536 are supported");
    }

    @Test
    void damagedFilesAreReadOrRefusedInOneSentence() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] whole = bytes(classifier());
        Path path = folder.resolve("damaged.onnx");
        int refused = 0;
        for (int trial = 0; trial < 1500; trial++) {
            byte[] damaged = trial % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int flip = random.nextInt(4); flip > 0 && damaged.length > 0; flip--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(path, damaged);
            try {
                OnnxNetwork.read(path, Places.ACTIVATED);
            } catch (OnnxException e) {
                refused++;
                assertTrue(e.getMessage().startsWith("the network's file " + path), e.getMessage());
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            }
        }
        assertTrue(refused > 500, refused + " refused");
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        OnnxException e =
                assertThrows(OnnxException.class, () -> OnnxNetwork.read(folder.resolve("no.onnx"), Places.ACTIVATED));
        assertTrue(e.getMessage().endsWith("no.onnx cannot be read (it does not exist)"), e.getMessage());
    }

    private void refuses(GraphProto.Builder graph, Places places, String reason) {
        Path file = file(graph);
        OnnxException e = assertThrows(OnnxException.class, () -> OnnxNetwork.read(file, places));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    private Path file(GraphProto.Builder graph) {
        try {
            return Files.write(folder.resolve("model.onnx"), bytes(graph));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
