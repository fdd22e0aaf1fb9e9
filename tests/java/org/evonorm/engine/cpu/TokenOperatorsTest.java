package org.evonorm.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.graph.LayerName;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.network.Operator;
import org.evonorm.network.Padding;
import org.evonorm.network.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loss and gradient of attention, positions, tokens and layer scales against float64, and against differences there. */
class TokenOperatorsTest {

    private static final Window POINT = Window.centered(1, 1);

    /** Images of 9 × 8 pixels make 4 × 4 patches; grids of other sizes are interpolated. */
    @ParameterizedTest
    @CsvSource({"4, 4, 1", "6, 6, 2", "2, 3, 3", "1, 1, 1", "14, 3, 2"})
    void aTransformerBlock(int height, int width, int threads) {
        Network network = new Network(
                "block",
                List.of(
                        new Operator.Convolution(
                                Operator.IMAGES, 12, new Window(2, 2, 1, Padding.NONE, false), 1, true),
                        new Operator.Positions(0, height, width),
                        new Operator.Tokens(1),
                        new Operator.Convolution(2, 36, POINT, 1, true),
                        new Operator.Attention(3, 3),
                        new Operator.Convolution(4, 12, POINT, 1, true),
                        new Operator.Add(5, 2),
                        new Operator.Convolution(6, 20, POINT, 1, true),
                        new Operator.Activation(7, ActivationFunction.GELU),
                        new Operator.Convolution(8, 12, POINT, 1, true),
                        new Operator.Add(9, 6),
                        new Operator.GlobalAveragePool(10),
                        new Operator.Dense(11, 10)));
        OperatorsTest.check(network, threads, new SplittableRandom(height * 31L + width));
    }

    /** A class token, with a position of its own and without, and other readers of what the steps read and write. */
    @ParameterizedTest
    @CsvSource({"true, 1", "false, 1", "true, 3", "false, 2"})
    void aClassToken(boolean hasPosition, int threads) {
        Network network = new Network(
                "token",
                List.of(
                        new Operator.Convolution(Operator.IMAGES, 6, new Window(2, 2, 1, Padding.NONE, false), 1, true),
                        new Operator.Tokens(0),
                        new Operator.ClassToken(1, hasPosition),
                        new Operator.Attention(2, 2),
                        new Operator.Convolution(3, 6, POINT, 1, true),
                        new Operator.Add(4, 2),
                        new Operator.FirstToken(5),
                        new Operator.GlobalAveragePool(5),
                        new Operator.FirstToken(1),
                        new Operator.GlobalAveragePool(1),
                        new Operator.FirstToken(5),
                        new Operator.Concatenation(List.of(6, 7, 8, 9, 10)),
                        new Operator.Dense(11, 10)));
        OperatorsTest.check(network, threads, new SplittableRandom(threads));
    }

    /** Steps that add to a derivative that has terms already, and steps that begin one. */
    @Test
    void aClassTokenBesideOtherReaders() {
        Network network = new Network(
                "beside",
                List.of(
                        new Operator.Convolution(Operator.IMAGES, 4, 3, 2, 1),
                        new Operator.Tokens(0),
                        new Operator.LayerScale(1, 0.5),
                        new Operator.ClassToken(2, true),
                        new Operator.ClassToken(3, false),
                        new Operator.FirstToken(3),
                        new Operator.FirstToken(4),
                        new Operator.GlobalAveragePool(2),
                        new Operator.FirstToken(2),
                        new Operator.Concatenation(List.of(5, 6, 7, 8)),
                        new Operator.Dense(9, 10)));
        OperatorsTest.check(network, 2, new SplittableRandom(8));
    }

    /** A class token before the images themselves has no derivative to write. */
    @Test
    void aClassTokenOfImages() {
        Network network = new Network(
                "images",
                List.of(
                        new Operator.Tokens(Operator.IMAGES),
                        new Operator.ClassToken(0, true),
                        new Operator.FirstToken(1),
                        new Operator.Dense(2, 10)));
        OperatorsTest.check(network, 1, new SplittableRandom(9));
    }

    /** Inputs that several operators read, of steps that pass derivatives on, add to them and overwrite them. */
    @Test
    void sharedInputs() {
        Network network = new Network(
                "shared",
                List.of(
                        new Operator.Convolution(Operator.IMAGES, 6, 3, 1, 1),
                        new Operator.Attention(0, 2),
                        new Operator.LayerScale(0, 0.5),
                        new Operator.Positions(0, 3, 5),
                        new Operator.Attention(3, 1),
                        new Operator.Add(1, 4),
                        new Operator.Tokens(5),
                        new Operator.Tokens(1),
                        new Operator.Add(6, 7),
                        new Operator.LayerScale(8, -2),
                        new Operator.Add(2, 3),
                        new Operator.Attention(10, 1),
                        new Operator.Tokens(11),
                        new Operator.Add(12, 9),
                        new Operator.GlobalAveragePool(13),
                        new Operator.Dense(14, 10)));
        OperatorsTest.check(network, 2, new SplittableRandom(5));
    }

    /** Attention and positions whose input is the images have no derivative to write. */
    @Test
    void imagesAsInputs() {
        Network network = new Network(
                "images",
                List.of(
                        new Operator.Tokens(Operator.IMAGES),
                        new Operator.Attention(0, 1),
                        new Operator.Attention(Operator.IMAGES, 1),
                        new Operator.Positions(Operator.IMAGES, 4, 4),
                        new Operator.GlobalAveragePool(1),
                        new Operator.GlobalAveragePool(2),
                        new Operator.GlobalAveragePool(3),
                        new Operator.Concatenation(List.of(4, 5, 6)),
                        new Operator.Dense(7, 10)));
        OperatorsTest.check(network, 1, new SplittableRandom(6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"convnext", "vit"})
    void smallAnchorNetworks(String name) {
        NetworkScale scale = new NetworkScale(0.05, 0.1, NetworkScale.Variant.CIFAR);
        OperatorsTest.check(AnchorNetworks.of(name, scale, 10), 1, new SplittableRandom(7));
    }

    @Test
    void layerScalesStartWhereTheNetworkSays() {
        Network network = new Network(
                "scaled",
                List.of(
                        new Operator.LayerScale(Operator.IMAGES, 0.25),
                        new Operator.GlobalAveragePool(0),
                        new Operator.Dense(1, 10)));
        float[] values =
                ParameterLayout.of(network, LayerName.parse("identity")).initialValues(1);
        assertArrayEquals(new float[] {0.25f, 0.25f, 0.25f}, Arrays.copyOf(values, 3));
    }
}
