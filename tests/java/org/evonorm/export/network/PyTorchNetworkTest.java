package org.evonorm.export.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.network.Operator;
import org.evonorm.network.Padding;
import org.evonorm.network.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The text alone; tests/bench/network_exports.py compares losses and gradients with the engine's. */
class PyTorchNetworkTest {

    private static final Pattern ASSIGNMENT = Pattern.compile("^ {8}(x[0-9]*) = (.*)$", Pattern.MULTILINE);
    private static final Pattern VARIABLE = Pattern.compile("(?<![\\w.])(x[0-9]*|images)(?![\\w(])");
    private static final Pattern PART = Pattern.compile("self\\.([a-z]+[0-9]+)");

    static Stream<Network> anchors() {
        return AnchorNetworks.names().stream().map(name -> AnchorNetworks.of(name, NetworkScale.cifar(0.25), 10));
    }

    private static String write(Network network, String layer) {
        return PyTorchNetwork.write(network, ExportedLayer.of(LayerName.parse(layer)), "layer_module");
    }

    @ParameterizedTest
    @MethodSource("anchors")
    void everyValueAndPartIsMadeBeforeItIsRead(Network network) {
        String source = write(network, "EvoNorm-S0");
        assertTrue(source.contains("from layer_module import EvoNormS0\n"), source);
        Set<String> known = new HashSet<>(Set.of("images"));
        Matcher lines = ASSIGNMENT.matcher(source.substring(source.indexOf("def forward")));
        int count = 0;
        while (lines.find()) {
            Matcher read = VARIABLE.matcher(lines.group(2));
            while (read.find()) {
                assertTrue(known.contains(read.group(1)), lines.group());
            }
            known.add(lines.group(1));
            count++;
        }
        assertEquals(network.operators().size(), count);
        String constructor = source.substring(source.indexOf("def __init__"), source.indexOf("def forward"));
        Matcher parts = PART.matcher(source.substring(source.indexOf("def forward")));
        while (parts.find()) {
            assertTrue(constructor.contains("self." + parts.group(1) + " = "), parts.group());
        }
    }

    /** A value that is read twice has a name of its own, which nothing overwrites in between. */
    @Test
    void aResidualKeepsItsName() {
        Network network = new Network(
                "residual",
                List.of(
                        new Operator.Convolution(Operator.IMAGES, 8, 3, 1, 1),
                        new Operator.Place(0),
                        new Operator.Convolution(1, 8, 3, 1, 1),
                        new Operator.Add(0, 2),
                        new Operator.LinearPlace(3),
                        new Operator.GlobalAveragePool(4),
                        new Operator.Dense(5, 4)));
        String source = write(network, "BN-ReLU");
        assertTrue(source.contains("x0 = self.conv0(images)\n        x = self.place1(x0)\n"), source);
        assertTrue(source.contains("x = x0 + x\n        x = self.linear4(x)\n"), source);
        assertTrue(source.contains("self.linear4 = nn.BatchNorm2d(8)\n"), source);
        assertTrue(write(network, "EvoNorm-B0").contains("self.linear4 = EvoNormB0(8, apply_act=False)\n"));
        assertFalse(source.contains("def attention"), source);
    }

    @Test
    void paddingsThatPyTorchLacksAreWrittenOut() {
        Padding uneven = new Padding(0, 1, 2, 3);
        Window window = new Window(3, 2, 1, uneven, false);
        List<Operator> operators = List.of(
                new Operator.Convolution(Operator.IMAGES, 8, window, 1, true),
                new Operator.MaxPool(0, window),
                new Operator.GlobalAveragePool(1),
                new Operator.Dense(2, 4));
        String source = write(new Network("uneven", operators), "BN-ReLU");
        assertTrue(source.contains("x = self.conv0(F.pad(images, (1, 3, 0, 2), value=0.0))\n"), source);
        assertTrue(
                source.contains(
                        "F.max_pool2d(F.pad(x, (1, 3, 0, 2), value=float(\"-inf\")), 3, stride=2, dilation=1)\n"),
                source);
        Network average = new Network(
                "average",
                List.of(
                        new Operator.AveragePool(Operator.IMAGES, window, false),
                        new Operator.GlobalAveragePool(0),
                        new Operator.Dense(1, 4)));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> write(average, "BN-ReLU"));
        assertTrue(e.getMessage().contains("without --with-network"), e.getMessage());
    }
}
