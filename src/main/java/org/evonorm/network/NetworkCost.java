package org.evonorm.network;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;

/**
 * What a network costs with one layer in its places.
 *
 * @param places       normalization-activation places
 * @param parameters   trainable values: weights, biases and the vectors of the layer
 * @param multiplyAdds of convolutions and dense layers for one image; all else is left out, as papers do
 */
public record NetworkCost(int places, long parameters, long multiplyAdds) {

    /** Shapes of activations depend on the image size, numbers of parameters do not; any size serves to count them. */
    private static final int ANY_SIZE = 32;

    /** The cost for images of this height and width. */
    public static NetworkCost of(Network network, Layer layer, int height, int width) {
        return new NetworkCost(places(network), parameters(network, layer), multiplyAdds(network, height, width));
    }

    /** Number of normalization-activation places; those without activation do not count. */
    public static int places(Network network) {
        return (int) network.operators().stream()
                .filter(Operator.Place.class::isInstance)
                .count();
    }

    /** Number of trainable values with this layer in the places. */
    public static long parameters(Network network, Layer layer) {
        List<Shape> shapes = network.shapes(ANY_SIZE, ANY_SIZE);
        int placeVectors = vectors(layer);
        int linearPlaceVectors = layer.linearPlace() == Layer.LinearPlace.NOTHING ? 0 : 2;
        long parameters = 0;
        for (int i = 0; i < shapes.size(); i++) {
            Operator operator = network.operators().get(i);
            long channels = shapes.get(i).channels();
            if (operator instanceof Operator.Convolution convolution) {
                parameters += weights(convolution, inputChannels(convolution.input(), shapes));
            } else if (operator instanceof Operator.Dense dense) {
                parameters += channels * (inputChannels(dense.input(), shapes) + 1);
            } else if (operator instanceof Operator.Place) {
                parameters += placeVectors * channels;
            } else if (operator instanceof Operator.LinearPlace) {
                parameters += linearPlaceVectors * channels;
            }
        }
        return parameters;
    }

    /** Multiply-adds of convolutions and dense layers for one image of this height and width. */
    public static long multiplyAdds(Network network, int height, int width) {
        List<Shape> shapes = network.shapes(height, width);
        long multiplyAdds = 0;
        for (int i = 0; i < shapes.size(); i++) {
            Operator operator = network.operators().get(i);
            if (operator instanceof Operator.Convolution convolution) {
                multiplyAdds += shapes.get(i).area() * weights(convolution, inputChannels(convolution.input(), shapes));
            } else if (operator instanceof Operator.Dense dense) {
                multiplyAdds += (long) dense.units() * inputChannels(dense.input(), shapes);
            }
        }
        return multiplyAdds;
    }

    /** The order in which networks are tried on a candidate: fewest multiply-adds first, by name among equals. */
    public static Comparator<Network> cheapestFirst(int height, int width) {
        return Comparator.<Network>comparingLong(network -> multiplyAdds(network, height, width))
                .thenComparing(Network::name);
    }

    private static long weights(Operator.Convolution convolution, int inputChannels) {
        return (long) convolution.channels()
                * (inputChannels / convolution.groups())
                * convolution.kernel()
                * convolution.kernel();
    }

    private static int inputChannels(int input, List<Shape> shapes) {
        return input == Operator.IMAGES
                ? Network.IMAGE_CHANNELS
                : shapes.get(input).channels();
    }

    /** Trainable vectors, one value a channel each, that a layer brings to a place. */
    private static int vectors(Layer layer) {
        BitSet used = CanonicalForm.reachable(layer.graph());
        return (used.get(LayerGraph.V0) ? 1 : 0) + (used.get(LayerGraph.V1) ? 1 : 0) + (layer.affine() ? 2 : 0);
    }
}
