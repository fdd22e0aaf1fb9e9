package org.evonorm.network;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;

/**
 * The cost of a network with one layer in its places, for the order of networks and for comparison with publications.
 *
 * @param places       number of normalization-activation places
 * @param parameters   number of trainable values: weights, biases and the vectors of the layer
 * @param multiplyAdds multiply-adds of convolutions, dense layers and attention per image; other operators are left out,
 *                     as in publications
 */
public record NetworkCost(int places, long parameters, long multiplyAdds) {

    /** The cost for images of this height and width. */
    public static NetworkCost of(Network network, Layer layer, int height, int width) {
        return new NetworkCost(places(network), parameters(network, layer), multiplyAdds(network, height, width));
    }

    /** Number of normalization-activation places; linear places do not count. */
    public static int places(Network network) {
        return (int) network.operators().stream()
                .filter(Operator.Place.class::isInstance)
                .count();
    }

    /** Number of trainable values with {@code layer} in the places. */
    public static long parameters(Network network, Layer layer) {
        List<Integer> outputs = network.channels();
        int linearPlaceVectors = layer.linearPlace() == Layer.LinearPlace.NOTHING ? 0 : 2;
        long parameters = 0;
        for (int i = 0; i < outputs.size(); i++) {
            Operator operator = network.operators().get(i);
            long channels = outputs.get(i);
            if (operator instanceof Operator.Convolution convolution) {
                parameters += weights(convolution, Network.channels(convolution.input(), outputs));
                parameters += convolution.hasBias() ? channels : 0;
            } else if (operator instanceof Operator.Dense dense) {
                parameters += channels * (Network.channels(dense.input(), outputs) + 1);
            } else if (operator instanceof Operator.Place) {
                parameters += vectorValues(layer, (int) channels);
            } else if (operator instanceof Operator.LinearPlace) {
                parameters += linearPlaceVectors * channels;
            } else if (operator instanceof Operator.LayerScale) {
                parameters += channels;
            } else if (operator instanceof Operator.Positions positions) {
                parameters += channels * positions.height() * positions.width();
            } else if (operator instanceof Operator.ClassToken token) {
                parameters += token.hasPosition() ? 2 * channels : channels;
            }
        }
        return parameters;
    }

    /** Number of trainable values of {@code layer} in the places, which its own vectors and its affine make. */
    public static long layerParameters(Network network, Layer layer) {
        List<Integer> channels = network.channels();
        return IntStream.range(0, channels.size())
                .filter(i -> network.operators().get(i) instanceof Operator.Place)
                .mapToLong(i -> vectorValues(layer, channels.get(i)))
                .sum();
    }

    /** The shapes at the normalization-activation places, in order, for images of this height and width. */
    public static List<Shape> placeShapes(Network network, int height, int width) {
        List<Shape> shapes = network.shapes(height, width);
        return IntStream.range(0, shapes.size())
                .filter(i -> network.operators().get(i) instanceof Operator.Place)
                .mapToObj(shapes::get)
                .toList();
    }

    /** Multiply-adds of convolutions, dense layers and attention per image of this height and width. */
    public static long multiplyAdds(Network network, int height, int width) {
        List<Shape> shapes = network.shapes(height, width);
        List<Integer> channels = network.channels();
        long multiplyAdds = 0;
        for (int i = 0; i < shapes.size(); i++) {
            Operator operator = network.operators().get(i);
            if (operator instanceof Operator.Convolution convolution) {
                multiplyAdds +=
                        shapes.get(i).area() * weights(convolution, Network.channels(convolution.input(), channels));
            } else if (operator instanceof Operator.Dense dense) {
                multiplyAdds += (long) dense.units() * Network.channels(dense.input(), channels);
            } else if (operator instanceof Operator.Attention) {
                // Every token's query meets every key, and its probabilities every value.
                multiplyAdds += 2L * shapes.get(i).area() * shapes.get(i).size();
            }
        }
        return multiplyAdds;
    }

    /** Values per image of this height and width that convolutions, attention, layers, activations and sums put out. */
    public static long activations(Network network, int height, int width) {
        List<Shape> shapes = network.shapes(height, width);
        long values = 0;
        for (int i = 0; i < shapes.size(); i++) {
            Operator operator = network.operators().get(i);
            if (operator instanceof Operator.Attention attention) {
                // The probabilities of every head are kept too.
                values += (long) attention.heads()
                        * shapes.get(i).area()
                        * shapes.get(i).area();
            }
            if (operator instanceof Operator.Convolution
                    || operator instanceof Operator.Activation
                    || operator instanceof Operator.LayerScale
                    || operator instanceof Operator.Place
                    || operator instanceof Operator.Add
                    || operator instanceof Operator.Attention
                    || operator instanceof Operator.ClassToken
                    || operator instanceof Operator.Concatenation) {
                values += (long) shapes.get(i).area() * shapes.get(i).channels();
            }
        }
        return values;
    }

    /** The order in which filters try networks: fewest multiply-adds first, by name among equals. */
    public static Comparator<Network> cheapestFirst(int height, int width) {
        return Comparator.<Network>comparingLong(network -> multiplyAdds(network, height, width))
                .thenComparing(Network::name);
    }

    private static long weights(Operator.Convolution convolution, int inputChannels) {
        return (long) convolution.channels()
                * (inputChannels / convolution.groups())
                * convolution.window().kernel()
                * convolution.window().kernel();
    }

    /** Number of trainable values at a place. */
    private static long vectorValues(Layer layer, int channels) {
        BitSet used = CanonicalForm.reachable(layer.graph());
        long values = layer.affine() ? 2L * channels : 0;
        for (int vector : List.of(LayerGraph.V0, LayerGraph.V1)) {
            values += used.get(vector) ? layer.vectors().of(vector).size(channels) : 0;
        }
        return values;
    }
}
