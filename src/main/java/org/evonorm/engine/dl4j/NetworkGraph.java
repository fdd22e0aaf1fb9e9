package org.evonorm.engine.dl4j;

import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.engine.PlaceLayers;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.network.Padding;
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
    private final List<Integer> outputs;
    private final GraphBuilder graph;

    private NetworkGraph(Network network, Layer layer, IUpdater updater, double weightDecay) {
        this.network = network;
        this.layers = new PlaceLayers(layer);
        this.layout = ParameterLayout.of(network, layer);
        this.outputs = network.channels();
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
            addConvolution(index, convolution);
        } else if (operator instanceof Operator.Dense dense) {
            addDense(index, dense, isOutput);
        } else if (operator instanceof Operator.WindowPool pool) {
            addLayer(index, operator, windowPool(index, pool));
        } else if (operator instanceof Operator.GlobalAveragePool) {
            addLayer(
                    index,
                    operator,
                    new GlobalPoolingLayer.Builder(PoolingType.AVG)
                            .collapseDimensions(false)
                            .build());
        } else if (operator instanceof Operator.Scale) {
            addVertex(index, operator, new ElementWiseVertex(ElementWiseVertex.Op.Product));
        } else if (operator instanceof Operator.Concatenation) {
            addVertex(index, operator, new MergeVertex());
        } else if (operator instanceof Operator.Add) {
            addVertex(index, operator, new ElementWiseVertex(ElementWiseVertex.Op.Add));
        } else {
            throw new IllegalArgumentException("the DL4J engine has no attention, tokens and positions, which "
                    + network.name() + " needs; use engine.name = cpu for this network");
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

    /** A convolution, with a layer of zeros before it where the sides of the padding differ. */
    private void addConvolution(int index, Operator.Convolution convolution) {
        Padding padding = convolution.window().padding();
        String input = vertex(convolution.input());
        if (!isSymmetric(padding)) {
            String padded = vertex(index) + ".padding";
            graph.addLayer(
                    padded,
                    new ZeroPaddingLayer.Builder(padding.top(), padding.bottom(), padding.left(), padding.right())
                            .build(),
                    input);
            graph.addLayer(vertex(index), convolution(index, convolution, new int[] {0, 0}), padded);
        } else {
            int[] sides = {padding.top(), padding.left()};
            graph.addLayer(vertex(index), convolution(index, convolution, sides), input);
        }
    }

    private org.deeplearning4j.nn.conf.layers.Layer convolution(
            int index, Operator.Convolution convolution, int[] padding) {
        int in = channels(convolution.input());
        int[] kernel = both(convolution.window().kernel());
        int[] stride = both(convolution.window().stride());
        int dilation = convolution.window().dilation();
        if (convolution.groups() == 1) {
            return new ConvolutionLayer.Builder(kernel, stride, padding)
                    .nIn(in)
                    .nOut(convolution.channels())
                    .dilation(dilation, dilation)
                    .hasBias(convolution.hasBias())
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
                .dilation(dilation, dilation)
                .hasBias(convolution.hasBias())
                .build();
    }

    private org.deeplearning4j.nn.conf.layers.Layer windowPool(int index, Operator.WindowPool pool) {
        Padding padding = pool.window().padding();
        boolean average = pool instanceof Operator.AveragePool;
        // DL4J's gradient of an average pool with padding is not the one of its values.
        if (!isSymmetric(padding) || pool.window().ceiling() || (average && padding.largest() > 0)) {
            throw new IllegalArgumentException(
                    "the DL4J engine has no average pools with padding, no pools whose sides "
                            + "of padding differ, and no ceiling mode; operator " + index + " of " + network.name()
                            + " is "
                            + pool);
        }
        return new SubsamplingLayer.Builder(
                        average ? SubsamplingLayer.PoolingType.AVG : SubsamplingLayer.PoolingType.MAX,
                        both(pool.window().kernel()),
                        both(pool.window().stride()),
                        new int[] {padding.top(), padding.left()})
                .build();
    }

    private static boolean isSymmetric(Padding padding) {
        return padding.top() == padding.bottom() && padding.left() == padding.right();
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

    private void addVertex(int index, Operator operator, GraphVertex vertex) {
        graph.addVertex(vertex(index), vertex, inputs(operator));
    }

    private static String[] inputs(Operator operator) {
        return operator.inputs().stream().map(NetworkGraph::vertex).toArray(String[]::new);
    }

    private int channels(int operator) {
        return Network.channels(operator, outputs);
    }

    private static int[] both(int size) {
        return new int[] {size, size};
    }
}
