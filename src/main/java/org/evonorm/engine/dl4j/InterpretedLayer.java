package org.evonorm.engine.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.evonorm.graph.Layer;
import org.evonorm.program.Extent;
import org.evonorm.program.LayerProgramme;
import org.evonorm.program.Operation;
import org.evonorm.program.Programme;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A normalization-activation layer inside a ComputationGraph. The backward pass computes the programme anew from the layer's
 * input and the output's derivative, so that nothing but the input is kept between the passes.
 */
final class InterpretedLayer extends BaseLayer<ProgrammeLayer> {

    private static final long serialVersionUID = 1;

    /** Share of the old value that a moving average keeps at each step (DESIGN section 3). */
    static final double DECAY = 0.9;

    private final transient Programme programme;
    private final transient Programme evaluationProgramme;
    private final transient Interpreter forward;
    private final transient Interpreter evaluation;
    private final transient Interpreter backward;

    InterpretedLayer(NeuralNetConfiguration conf, DataType type) {
        super(conf, type);
        Layer layer = layerConf().layer();
        programme = LayerProgramme.training(layer);
        evaluationProgramme = LayerProgramme.evaluation(layer);
        forward = new Interpreter(programme, List.of(programme.output()));
        evaluation = new Interpreter(evaluationProgramme, List.of(evaluationProgramme.output()));
        List<Integer> derivatives = new ArrayList<>(programme.gradients().values());
        derivatives.addAll(programme.statistics());
        backward = new Interpreter(programme, derivatives);
    }

    private Interpreter.Sizes sizes() {
        return new Interpreter.Sizes(input.size(0), input.size(1), input.size(2) * input.size(3));
    }

    private static INDArray matrix(INDArray tensor, Interpreter.Sizes sizes) {
        return tensor.reshape('c', sizes.shape(Extent.TENSOR));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        Interpreter.Sizes sizes = sizes();
        INDArray x = matrix(input, sizes);
        INDArray output = workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, input.shape(), 'c');
        Interpreter.Values values = (training ? forward : evaluation)
                .run(sizes, (leaf, argument) -> leaf == Operation.X ? x : vector(leaf, argument));
        values.copy(training ? programme.output() : evaluationProgramme.output(), matrix(output, sizes), Extent.TENSOR);
        return output;
    }

    private INDArray vector(Operation leaf, int argument) {
        if (leaf == Operation.AVERAGE) {
            return getParam(LayerVectors.average(argument)).div(getParam(LayerVectors.WEIGHT_OF_AVERAGES))
                    .reshape(1, input.size(1));
        }
        return getParam(name(leaf)).reshape(1, input.size(1));
    }

    private static String name(Operation leaf) {
        return leaf.name().toLowerCase(Locale.ROOT);
    }

    private static Operation leaf(String name) {
        return Operation.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** As DL4J wants them, derivatives are those of the sum of the losses of the batch. */
    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        Interpreter.Sizes sizes = sizes();
        INDArray x = matrix(input, sizes);
        INDArray dy = matrix(epsilon, sizes);
        Interpreter.Values values = backward.run(sizes, (leaf, argument) -> switch (leaf) {
            case X -> x;
            case DY -> dy;
            default -> vector(leaf, argument);
        });
        Gradient gradient = new DefaultGradient();
        for (String name : layerConf().vectors()) {
            INDArray view = gradientViews.get(name);
            copyGradient(leaf(name), values, view.reshape(1, sizes.channels()), Extent.CHANNEL);
            // The programme gives means over all positions.
            view.muli(sizes.batch() * sizes.area());
            gradient.setGradientFor(name, view);
        }
        for (int node = 0; node < layerConf().averages(); node++) {
            String name = LayerVectors.average(node);
            INDArray view = gradientViews.get(name);
            values.copy(programme.statistics().get(node), view.reshape(1, sizes.channels()), Extent.CHANNEL);
            gradient.setGradientFor(name, towards(getParam(name), view));
        }
        if (layerConf().averages() > 0) {
            INDArray view = gradientViews.get(LayerVectors.WEIGHT_OF_AVERAGES).assign(1);
            gradient.setGradientFor(LayerVectors.WEIGHT_OF_AVERAGES,
                    towards(getParam(LayerVectors.WEIGHT_OF_AVERAGES), view));
        }
        INDArray dx = workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
        copyGradient(Operation.X, values, matrix(dx, sizes), Extent.TENSOR);
        return new Pair<>(gradient, dx);
    }

    private void copyGradient(Operation leaf, Interpreter.Values values, INDArray target, Extent extent) {
        if (programme.gradients().containsKey(leaf)) {
            values.copy(programme.gradients().get(leaf), target, extent);
        } else {
            target.assign(0);
        }
    }

    /** In place, what to subtract from a moving average at a step whose own value {@code view} holds. */
    private static INDArray towards(INDArray average, INDArray view) {
        return view.rsubi(average).muli(1 - DECAY);
    }

    /** Moving averages move by what stands in the gradient, whatever the size of the batch. */
    @Override
    public boolean updaterDivideByMinibatch(String name) {
        return !LayerVectors.isAverage(name);
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }
}
