package org.evonorm.export.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.network.MisfitException;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.network.Operator;

/**
 * PyTorch code of a network with a layer in its places: one line per operator, in order. A value that the next operator
 * alone reads is {@code x}, so that nothing is kept longer than it is needed.
 */
public final class PyTorchNetwork {

    private static final String ATTENTION = """
            def attention(x, heads):
                ""\"Attention between all pixels of x [B, C, H, W]: of the channels, a third each are queries, keys and values.""\"
                q, k, v = x.flatten(2).unflatten(1, (3, heads, -1)).transpose(3, 4).unbind(1)
                y = F.scaled_dot_product_attention(q, k, v)
                return y.transpose(2, 3).flatten(1, 2).unflatten(2, x.shape[2:])


            """;

    private static final String SOURCE = """
            ""\"@NETWORK@ with @LAYER@ in its places, for PyTorch, written by evonorm's export.

            Needs torch, and @MODULE@.py beside it. Run as a program, it computes random images.
            ""\"

            import torch
            import torch.nn.functional as F
            from torch import nn

            from @MODULE@ import @CLASS@


            @ATTENTION@class Network(nn.Module):
                ""\"@NETWORK@ with @LAYER@ in its places.

                Input is [B, 3, H, W], output are the logits [B, @CLASSES@]. Convolutions start normal with the
                variance 2 / fan-out, dense layers with the deviation 0.01, biases at 0, as evonorm's do.
                ""\"

                def __init__(self):
                    super().__init__()
            @PARTS@
                    for part in self.modules():
                        if isinstance(part, nn.Conv2d):
                            fan_out = part.out_channels // part.groups * part.kernel_size[0] ** 2
                            nn.init.normal_(part.weight, std=(2 / fan_out) ** 0.5)
                        elif isinstance(part, nn.Linear):
                            nn.init.normal_(part.weight, std=0.01)
                        if isinstance(part, (nn.Conv2d, nn.Linear)) and part.bias is not None:
                            nn.init.zeros_(part.bias)

                def forward(self, images):
            @LINES@
                    return x


            if __name__ == "__main__":
                network = Network()
                parameters = sum(parameter.numel() for parameter in network.parameters())
                print(f"{parameters:,} parameters; evonorm counts @PARAMETERS@")
                print("logits of random images:", network(torch.randn(2, 3, @SIDE@, @SIDE@)).detach(), sep="\\n")
            """;

    private final Network network;
    private final ExportedLayer layer;
    private final List<Integer> channels;

    private PyTorchNetwork(Network network, ExportedLayer layer) {
        this.network = network;
        this.layer = layer;
        this.channels = network.channels();
    }

    /**
     * The source.
     *
     * @param module name of the Python module with the layer's class, beside the source
     * @throws IllegalArgumentException if an operator has no counterpart in PyTorch
     */
    public static String write(Network network, ExportedLayer layer, String module) {
        return new PyTorchNetwork(network, layer).write(module);
    }

    private String write(String module) {
        List<String> parts = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (int index = 0; index < network.operators().size(); index++) {
            OperatorText text = OperatorText.of(operator(index), new Names(index));
            text.module().ifPresent(parts::add);
            lines.add(text.line());
        }
        boolean attends = network.operators().stream().anyMatch(Operator.Attention.class::isInstance);
        return SOURCE.replace("@NETWORK@", network.name())
                .replace("@LAYER@", layer.title())
                .replace("@MODULE@", module)
                .replace("@CLASS@", layer.className())
                .replace("@ATTENTION@", attends ? ATTENTION : "")
                .replace("@CLASSES@", Integer.toString(network.classes()))
                .replace("@PARTS@", String.join("\n", parts).indent(8).stripTrailing())
                .replace("@LINES@", String.join("\n", lines).indent(8).stripTrailing())
                .replace(
                        "@PARAMETERS@",
                        String.format(Locale.ROOT, "%,d", NetworkCost.parameters(network, layer.layer())))
                .replace("@SIDE@", Integer.toString(side()));
    }

    private Operator operator(int index) {
        return network.operators().get(index);
    }

    /** The side of images to try the network with. */
    private int side() {
        return IntStream.of(32, 64, 128, 224, 384)
                .filter(this::takes)
                .findFirst()
                .orElse(512);
    }

    private boolean takes(int side) {
        try {
            network.shapes(side, side);
            return true;
        } catch (MisfitException e) {
            return false;
        }
    }

    /** The names of an operator's values and of its part of the module. */
    final class Names {

        private final int index;

        private Names(int index) {
            this.index = index;
        }

        /** The name of its part, after the kind of the operator. */
        String part(String kind) {
            return kind + index;
        }

        /** The variables of its inputs. */
        List<String> inputs() {
            return operator(index).inputs().stream().map(this::variable).toList();
        }

        /** The variable of its output. */
        String output() {
            return variable(index);
        }

        private String variable(int operator) {
            if (operator == Operator.IMAGES) {
                return "images";
            }
            return readers(operator).allMatch(reader -> reader == operator + 1) ? "x" : "x" + operator;
        }

        private IntStream readers(int operator) {
            return IntStream.range(operator + 1, network.operators().size())
                    .filter(later -> operator(later).inputs().contains(operator));
        }

        int inputChannels() {
            return Network.channels(operator(index).inputs().get(0), channels);
        }

        int channels() {
            return channels.get(index);
        }

        ExportedLayer layer() {
            return layer;
        }

        /** Whether its output are the logits. */
        boolean isLast() {
            return index == network.operators().size() - 1;
        }
    }
}
