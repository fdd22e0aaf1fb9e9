package org.evonorm.engine.dl4j;

import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.engine.PlaceLayers;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Builds the configuration of a ComputationGraph for a network with a layer in its places. Vertices have the operators'
 * indices as names. Activations are [B, C, H, W] of any height and width; the output is the logits, [B, classes].
 */
final class NetworkGraph {

    static final String IMAGES = "images";

    private final Network network;
    private final PlaceLayers layers;
    private final ParameterLayout layout;
    private final List<Shape> shapes;
    private final GraphBuilder graph;

    private NetworkGraph(Network network, Layer layer, IUpdater updater, double weightDecay) {
        this.network = network;
        this.layers = new PlaceLayers(layer);
        this.layout = ParameterLayout.of(network, layer);
        this.shapes = network.shapes(32, 32);
        this.graph = new NeuralNetConfiguration.Builder()
                .updater(updater)
                .activation(Activation.IDENTITY)
                .regularization(weightDecay == 0 ? List.of() : List.of(new UnscoredWeightDecay(weightDecay)))
                .graphBuilder()
                .addInputs(IMAGES);
    }

    /**
     * The configuration of a network.
     *
     * @param updater     optimizer of DL4J's own training; a model of the engine does not use it
     * @param weightDecay factor of convolution and dense weights in their gradient, in DL4J's own training
     * @throws IllegalArgumentException if DL4J has no layer for an operator of the network
     */
    static ComputationGraphConfiguration of(Network network, Layer layer, IUpdater updater, double weightDecay) {
        return new NetworkGraph(network, layer, updater, weightDecay).build();
    }

    /** The name of an operator's vertex. */
    static String vertex(int operator) {
        return operator == Operator.IMAGES ? IMAGES : Integer.toString(operator);
    }

    private ComputationGraphConfiguration build() {
        int last = network.operators().size() - 1;
        for (int index = 0; index <= last; index++) {
            add(index, network.operators().get(index), index == last);
        }
        return graph.setOutputs(vertex(last)).build();
    }

    private void add(int index, Operator operator, boolean isOutput) {
        Optional<CanonicalLayer> layer = layers.at(operator);
        if (layer.isPresent()) {
            addLayer(index, operator, programLayer(index, layer.get()));
        } else if (operator instanceof Operator.Convolution convolution) {
            addLayer(index, operator, convolution(index, convolution));
        } else if (operator instanceof Operator.Dense dense) {
            addDense(index, dense, isOutput);
        } else if (operator instanceof Operator.MaxPool pool) {
            addLayer(
                    index,
                    operator,
                    new SubsamplingLayer.Builder(
                                    SubsamplingLayer.PoolingType.MAX,
                                    both(pool.kernel()),
                                    both(pool.stride()),
                                    both((pool.kernel() - 1) / 2))
                            .build());
        } else if (operator instanceof Operator.GlobalAveragePool) {
            addLayer(
                    index,
                    operator,
                    new GlobalPoolingLayer.Builder(PoolingType.AVG)
                            .collapseDimensions(false)
                            .build());
        } else if (operator instanceof Operator.Scale) {
            addVertex(index, operator, ElementWiseVertex.Op.Product);
        } else {
            addVertex(index, operator, ElementWiseVertex.Op.Add);
        }
    }

    private ProgramLayer programLayer(int index, CanonicalLayer layer) {
        String prefix = index + ".";
        List<String> vectors = layout.of(index).stream()
                .map(Parameter::name)
                .map(name -> name.substring(prefix.length()))
                .toList();
        return new ProgramLayer(
                layer, vectors, layout.runningStatisticsOf(index).size(), channels(index));
    }

    private org.deeplearning4j.nn.conf.layers.Layer convolution(int index, Operator.Convolution convolution) {
        int in = channels(convolution.input());
        int[] kernel = both(convolution.kernel());
        int[] stride = both(convolution.stride());
        int[] padding = both((convolution.kernel() - 1) / 2);
        if (convolution.groups() == 1) {
            return new ConvolutionLayer.Builder(kernel, stride, padding)
                    .nIn(in)
                    .nOut(convolution.channels())
                    .hasBias(false)
                    .build();
        }
        if (convolution.groups() != in || convolution.channels() != in) {
            throw new IllegalArgumentException("the DL4J engine has dense and depthwise convolutions alone; operator "
                    + index + " of " + network.name() + " has " + convolution.groups() + " groups of " + in
                    + " channels");
        }
        return new DepthwiseConvolution2D.Builder(kernel, stride, padding)
                .nIn(in)
                .nOut(in)
                .depthMultiplier(1)
                .hasBias(false)
                .build();
    }

    /** The last dense layer is the output layer; every other one is a 1×1 convolution ({@link Operator.Dense}). */
    private void addDense(int index, Operator.Dense dense, boolean isOutput) {
        int in = channels(dense.input());
        if (isOutput) {
            OutputLayer output = new OutputLayer.Builder(new SoftmaxCrossEntropy())
                    .nIn(in)
                    .nOut(dense.units())
                    .activation(Activation.IDENTITY)
                    .build();
            graph.addLayer(vertex(index), output, new CnnToFeedForwardPreProcessor(1, 1, in), vertex(dense.input()));
        } else {
            addLayer(
                    index,
                    dense,
                    new ConvolutionLayer.Builder(1, 1)
                            .nIn(in)
                            .nOut(dense.units())
                            .build());
        }
    }

    private void addLayer(int index, Operator operator, org.deeplearning4j.nn.conf.layers.Layer layer) {
        graph.addLayer(vertex(index), layer, inputs(operator));
    }

    private void addVertex(int index, Operator operator, ElementWiseVertex.Op operation) {
        graph.addVertex(vertex(index), new ElementWiseVertex(operation), inputs(operator));
    }

    private static String[] inputs(Operator operator) {
        return operator.inputs().stream().map(NetworkGraph::vertex).toArray(String[]::new);
    }

    private int channels(int operator) {
        return operator == Operator.IMAGES
                ? Network.IMAGE_CHANNELS
                : shapes.get(operator).channels();
    }

    private static int[] both(int size) {
        return new int[] {size, size};
    }
}
