package org.evonorm.network;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Statistic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnchorNetworksTest {

    /** max(v1 * ((x - mean_bwh(x)) / std_bwh(x)) + v0, 0), which has two vectors per place. */
    private static final Layer BN_RELU = new Layer(
            new LayerGraph(List.of(
                    new Node(new Aggregate(Statistic.MEAN, IndexSet.BWH), LayerGraph.X),
                    new Node(Elementwise.NEG, 4),
                    new Node(Elementwise.ADD, LayerGraph.X, 5),
                    new Node(new Aggregate(Statistic.STD, IndexSet.BWH), LayerGraph.X),
                    new Node(Elementwise.DIV, 6, 7),
                    new Node(Elementwise.MUL, LayerGraph.V1, 8),
                    new Node(Elementwise.ADD, 9, LayerGraph.V0),
                    new Node(Elementwise.MAX, 10, LayerGraph.ZERO))),
            false);

    private static final Layer IDENTITY = new Layer(new LayerGraph(List.of()), false);

    static Stream<String> names() {
        return AnchorNetworks.names().stream();
    }

    static Stream<String> ofPaper() {
        return AnchorNetworks.ofPaper().stream();
    }

    private static Network proxy(String name) {
        return AnchorNetworks.of(name, AnchorNetworks.proxyScale(name), 10);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet50,       25549352, 1484186, 49, 40.29",
        "mobilenetv2,     3504872,  700490, 35, 15.74",
        "efficientnetb0,  5288548, 1077932, 33, 20.19",
        "convnext,       28589128, 1813930, 23, 54.97",
        "vit,             5717032, 1351402, 25, 50.93",
    })
    void costsMatchTheTableOfTheDesign(String name, long full, long proxy, int places, double megaMultiplyAdds) {
        assertEquals(full, NetworkCost.parameters(AnchorNetworks.of(name, NetworkScale.FULL_SIZE, 1000), BN_RELU));
        NetworkCost cost = NetworkCost.of(proxy(name), BN_RELU, 24, 24);
        assertEquals(proxy, cost.parameters());
        assertEquals(places, cost.places());
        assertEquals(megaMultiplyAdds, Math.round(cost.multiplyAdds() / 1e4) / 100.0);
    }

    /**
     * The published definitions in timm 1.0.29 (deit_tiny_patch16_224, deit_small_patch16_224, deit_base_patch16_224)
     * have a class token with a position of its own, two vectors that the mean over all tokens does without.
     */
    @ParameterizedTest
    @CsvSource({"1, 5717416, 192", "2, 22050664, 384", "4, 86567656, 768"})
    void widthsOfTheTransformerAreThoseOfDeit(double width, long published, int channels) {
        Network network = AnchorNetworks.of("vit", new NetworkScale(width, 1, NetworkScale.Variant.FULL), 1000);
        assertEquals(published - 2L * channels, NetworkCost.parameters(network, BN_RELU));
        assertEquals(
                channels / 64,
                network.operators().stream()
                        .filter(Operator.Attention.class::isInstance)
                        .mapToInt(operator -> ((Operator.Attention) operator).heads())
                        .findFirst()
                        .orElseThrow());
    }

    /** Publications round to 4.5 and, with the class token, to 1.3 billion. */
    @ParameterizedTest
    @CsvSource({"convnext, 4.456", "vit, 1.247"})
    void multiplyAddsOfFullSize(String name, double billions) {
        Network network = AnchorNetworks.of(name, NetworkScale.FULL_SIZE, 1000);
        assertEquals(billions, NetworkCost.multiplyAdds(network, 224, 224) / 1e9, 5e-4);
    }

    @ParameterizedTest
    @CsvSource({"convnext, FULL, 32", "convnext, CIFAR, 8", "vit, FULL, 16", "vit, CIFAR, 4"})
    void smallestImagesOfPatches(String name, NetworkScale.Variant variant, int smallest) {
        Network network = AnchorNetworks.of(name, new NetworkScale(0.3, 0.4, variant), 7);
        List<Shape> shapes = network.shapes(smallest, 3 * smallest - 1);
        assertEquals(new Shape(1, 1, 7), shapes.get(shapes.size() - 1));
        assertThrows(IllegalArgumentException.class, () -> network.shapes(smallest - 1, smallest));
    }

    @Test
    void placesOfTheTransformerHaveTokens() {
        Network network = proxy("vit");
        List<Shape> shapes = network.shapes(24, 24);
        for (int i = 0; i < shapes.size(); i++) {
            if (network.operators().get(i) instanceof Operator.Place) {
                assertEquals(new Shape(36, 1, 96), shapes.get(i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ofPaper")
    void endsInLogitsForEveryImageSizeAndScale(String name) {
        for (NetworkScale.Variant variant : NetworkScale.Variant.values()) {
            for (double width : new double[] {0.01, 0.125, 0.3, 1}) {
                for (double depth : new double[] {0.1, 0.5, 1.5}) {
                    Network network = AnchorNetworks.of(name, new NetworkScale(width, depth, variant), 7);
                    assertEquals(7, network.classes());
                    for (int size : new int[] {1, 2, 5, 24, 33}) {
                        List<Shape> shapes = network.shapes(size, size + 1);
                        assertEquals(network.operators().size(), shapes.size());
                        assertEquals(new Shape(1, 1, 7), shapes.get(shapes.size() - 1));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "resnet50,       224", "mobilenetv2,    224", "efficientnetb0, 224",
        "resnet50,        25", "mobilenetv2,     25", "efficientnetb0,  25",
    })
    void cifarVariantReducesTwiceLess(String name, int images) {
        Network full = AnchorNetworks.of(name, NetworkScale.FULL_SIZE, 10);
        Network cifar = AnchorNetworks.of(name, NetworkScale.cifar(1), 10);
        assertEquals((images + 31) / 32, heightBeforePool(full, images), "odd sizes round up");
        assertEquals((images + 7) / 8, heightBeforePool(cifar, images));
        List<Integer> fullStrides = strides(full);
        int reduced = 0;
        for (int i = 0; i < fullStrides.size() && reduced < 2; i++) {
            if (fullStrides.get(i) == 2) {
                fullStrides.set(i, 1);
                reduced++;
            }
        }
        assertEquals(fullStrides, strides(cifar));
    }

    @ParameterizedTest
    @MethodSource("names")
    void channelsAreMultiplesOfEight(String name) {
        for (double width = 0.05; width < 2; width += 0.07) {
            for (Operator operator :
                    AnchorNetworks.of(name, NetworkScale.cifar(width), 10).operators()) {
                if (operator instanceof Operator.Convolution convolution) {
                    assertEquals(0, convolution.channels() % 8, name + " at " + width);
                }
            }
        }
    }

    @Test
    void channelsRoundToTheNearestMultipleButNotBelowNineTenths() {
        assertEquals(8, NetworkScale.cifar(0.001).channels(64));
        assertEquals(16, NetworkScale.cifar(0.5).channels(24), "12 rounds up");
        assertEquals(24, NetworkScale.cifar(0.35).channels(64), "22.4 rounds to 24");
        assertEquals(16, NetworkScale.cifar(0.35).channels(32), "11.2 would lose more than a tenth at 8");
        assertEquals(64, NetworkScale.FULL_SIZE.channels(64));
    }

    @Test
    void lastWidthOfMobileNetV2GrowsButDoesNotShrink() {
        assertEquals(1280, headChannels(0.1));
        assertEquals(1280, headChannels(1));
        assertEquals(1792, headChannels(1.4));
    }

    @ParameterizedTest
    @CsvSource({"resnet50, 0.01, 4", "resnet50, 0.5, 9", "resnet50, 1, 16", "resnet50, 2, 32"})
    void depthMultipliesBlocksAndKeepsOnePerStage(String name, double depth, int blocks) {
        Network network = AnchorNetworks.of(name, new NetworkScale(0.25, depth, NetworkScale.Variant.CIFAR), 10);
        assertEquals(3 * blocks + 1, NetworkCost.places(network));
    }

    @ParameterizedTest
    @MethodSource("names")
    void noPlaceStandsOnAnother(String name) {
        List<Operator> operators = proxy(name).operators();
        for (int i = 0; i < operators.size(); i++) {
            if (operators.get(i) instanceof Operator.Place place) {
                Operator input = operators.get(place.input());
                assertFalse(input instanceof Operator.Place || input instanceof Operator.LinearPlace, "place " + i);
            }
        }
    }

    @Test
    void parametersFollowTheLayerInThePlaces() {
        Network network = proxy("mobilenetv2");
        long bare = NetworkCost.parameters(network, IDENTITY);
        long withBatchNorm = NetworkCost.parameters(network, BN_RELU);
        Layer evolved = Layer.evolved(BN_RELU.graph());
        Layer square = Layer.evolved(new LayerGraph(List.of(
                new Node(Elementwise.MUL, LayerGraph.V1, LayerGraph.X), // unreachable, so v1 is no parameter
                new Node(Elementwise.SQUARE, LayerGraph.X))));
        long inPlaces = sumOfChannels(network, Operator.Place.class);
        long inLinearPlaces = sumOfChannels(network, Operator.LinearPlace.class);
        assertTrue(inPlaces > 0 && inLinearPlaces > 0);
        assertEquals(2 * (inPlaces + inLinearPlaces), withBatchNorm - bare);
        assertEquals(4 * inPlaces + 2 * inLinearPlaces, NetworkCost.parameters(network, evolved) - bare);
        assertEquals(2 * inPlaces + 2 * inLinearPlaces, NetworkCost.parameters(network, square) - bare);
    }

    @Test
    void cheapestFirstOrdersByMultiplyAdds() {
        List<Network> networks =
                new ArrayList<>(names().map(AnchorNetworksTest::proxy).toList());
        networks.sort(NetworkCost.cheapestFirst(24, 24));
        assertEquals(List.of("mobilenetv2", "efficientnetb0", "resnet50", "vit", "convnext"), names(networks));
        networks.sort(Comparator.comparing(Network::name).reversed());
        networks.replaceAll(
                network -> new Network(network.name(), proxy("resnet50").operators()));
        networks.sort(NetworkCost.cheapestFirst(24, 24));
        assertEquals(List.of("convnext", "efficientnetb0", "mobilenetv2", "resnet50", "vit"), names(networks));
    }

    @Test
    void namesIgnoreCase() {
        assertEquals(
                "resnet50",
                AnchorNetworks.of("ResNet50", NetworkScale.FULL_SIZE, 10).name());
        assertEquals(NetworkScale.cifar(0.5), AnchorNetworks.proxyScale("MobileNetV2"));
    }

    @Test
    void refusesUnknownNamesAndTooFewClasses() {
        var unknown = assertThrows(
                IllegalArgumentException.class, () -> AnchorNetworks.of("vgg16", NetworkScale.FULL_SIZE, 10));
        assertEquals(
                "there is no network \"vgg16\"; the networks are resnet50, mobilenetv2, efficientnetb0, convnext, vit",
                unknown.getMessage());
        assertEquals(
                "there is no network \"resnet\"; did you mean resnet50? The networks are resnet50, mobilenetv2,"
                        + " efficientnetb0, convnext, vit",
                assertThrows(IllegalArgumentException.class, () -> AnchorNetworks.proxyScale("resnet"))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> AnchorNetworks.proxyScale(""));
        var classes = assertThrows(
                IllegalArgumentException.class, () -> AnchorNetworks.of("resnet50", NetworkScale.FULL_SIZE, 1));
        assertTrue(classes.getMessage().contains("at least 2 classes"), classes.getMessage());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 8.01, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesMultipliersOutOfRange(double value) {
        var width = assertThrows(IllegalArgumentException.class, () -> NetworkScale.cifar(value));
        assertTrue(width.getMessage().contains("width"), width.getMessage());
        var depth = assertThrows(
                IllegalArgumentException.class, () -> new NetworkScale(1, value, NetworkScale.Variant.FULL));
        assertTrue(depth.getMessage().contains("depth"), depth.getMessage());
    }

    private static List<String> names(List<Network> networks) {
        return networks.stream().map(Network::name).toList();
    }

    private static int heightBeforePool(Network network, int images) {
        List<Shape> shapes = network.shapes(images, images);
        return shapes.get(network.operators().size() - 3).height();
    }

    private static List<Integer> strides(Network network) {
        List<Integer> strides = new ArrayList<>();
        for (Operator operator : network.operators()) {
            // The 1×1 convolution of a shortcut has the stride of the 3×3 convolution beside it and is left out.
            if (operator instanceof Operator.Convolution convolution
                    && convolution.window().kernel() > 1) {
                strides.add(convolution.window().stride());
            }
        }
        return strides;
    }

    private static int headChannels(double width) {
        List<Operator> operators =
                AnchorNetworks.of("mobilenetv2", NetworkScale.cifar(width), 10).operators();
        return ((Operator.Convolution) operators.get(operators.size() - 4)).channels();
    }

    private static long sumOfChannels(Network network, Class<? extends Operator> kind) {
        List<Shape> shapes = network.shapes(24, 24);
        long sum = 0;
        for (int i = 0; i < shapes.size(); i++) {
            if (kind.isInstance(network.operators().get(i))) {
                sum += shapes.get(i).channels();
            }
        }
        return sum;
    }

    @Test
    void imagesThatAreTooSmallAreRefusedWithOnesThatAreNot() {
        Network vit = AnchorNetworks.of("vit", AnchorNetworks.proxyScale("vit"), 10);
        String refusal = assertThrows(IllegalArgumentException.class, () -> vit.requireSide(3))
                .getMessage();
        assertEquals(
                "the network vit takes no images of 3×3 pixels (operator 0 (Convolution) has a kernel of 4, too large for"
                        + " 3×3×3); the next larger ones that it takes are 4×4",
                refusal);
        assertDoesNotThrow(() -> vit.requireSide(4));
    }
}
