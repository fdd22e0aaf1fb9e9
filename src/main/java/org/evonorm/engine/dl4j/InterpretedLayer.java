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
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.program.Extent;
import org.evonorm.program.LayerLowering;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A normalization-activation layer inside a ComputationGraph, computed by an {@link Interpreter}. The backward pass
 * computes the program again from the layer's input and the derivative of its output, so that only the input is kept
 * between the passes.
 */
final class InterpretedLayer extends BaseLayer<ProgramLayer> {

    private static final long serialVersionUID = 1;

    /** Share of the old value that a running statistic keeps per step (docs/design.md, "Evaluation mode"). */
    static final double DECAY = 0.9;

    private final transient Program program;
    private final transient Program evaluationProgram;
    private final transient Interpreter forward;
    private final transient Interpreter evaluation;
    private final transient Interpreter backward;

    InterpretedLayer(NeuralNetConfiguration conf, DataType type) {
        super(conf, type);
        CanonicalLayer layer = layerConf().layer();
        program = LayerLowering.training(layer);
        evaluationProgram = LayerLowering.evaluation(layer);
        forward = new Interpreter(program, List.of(program.output()));
        evaluation = new Interpreter(evaluationProgram, List.of(evaluationProgram.output()));
        List<Integer> derivatives = new ArrayList<>(program.gradients().values());
        derivatives.addAll(program.statistics());
        backward = new Interpreter(program, derivatives);
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
        values.copy(training ? program.output() : evaluationProgram.output(), matrix(output, sizes), Extent.TENSOR);
        return output;
    }

    private INDArray vector(Operation leaf, int argument) {
        if (leaf == Operation.RUNNING_STATISTIC) {
            return getParam(LayerVectors.runningStatistic(argument))
                    .div(getParam(LayerVectors.WEIGHT_OF_STATISTICS))
                    .reshape(1, input.size(1));
        }
        INDArray vector = getParam(name(leaf));
        return vector.length() == 1
                ? vector.reshape(1, 1).broadcast(1, input.size(1))
                : vector.reshape(1, input.size(1));
    }

    private static String name(Operation leaf) {
        return leaf.name().toLowerCase(Locale.ROOT);
    }

    private static Operation leaf(String name) {
        return Operation.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Derivatives of the sum of the batch's losses, as DL4J expects, not of their mean. */
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
            // The program gives means over all positions [B, H, W], and channels that share a value; DL4J expects sums.
            if (view.length() == sizes.channels()) {
                copyGradient(leaf(name), values, view.reshape(1, sizes.channels()), Extent.CHANNEL);
            } else {
                INDArray channels = Nd4j.create(dataType, 1, sizes.channels());
                copyGradient(leaf(name), values, channels, Extent.CHANNEL);
                view.assign(channels.getDouble(0) * sizes.channels());
            }
            view.muli(sizes.batch() * sizes.area());
            gradient.setGradientFor(name, view);
        }
        for (int node = 0; node < layerConf().runningStatistics(); node++) {
            String name = LayerVectors.runningStatistic(node);
            INDArray view = gradientViews.get(name);
            values.copy(program.statistics().get(node), view.reshape(1, sizes.channels()), Extent.CHANNEL);
            gradient.setGradientFor(name, towards(getParam(name), view));
        }
        if (layerConf().runningStatistics() > 0) {
            INDArray view = gradientViews.get(LayerVectors.WEIGHT_OF_STATISTICS).assign(1);
            gradient.setGradientFor(
                    LayerVectors.WEIGHT_OF_STATISTICS, towards(getParam(LayerVectors.WEIGHT_OF_STATISTICS), view));
        }
        INDArray dx = workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
        copyGradient(Operation.X, values, matrix(dx, sizes), Extent.TENSOR);
        return new Pair<>(gradient, dx);
    }

    private void copyGradient(Operation leaf, Interpreter.Values values, INDArray target, Extent extent) {
        if (program.gradients().containsKey(leaf)) {
            values.copy(program.gradients().get(leaf), target, extent);
        } else {
            target.assign(0);
        }
    }

    /**
     * Turns {@code view}, the step's own statistic, in place into the amount to subtract from the running statistic.
     */
    private static INDArray towards(INDArray runningStatistic, INDArray view) {
        return view.rsubi(runningStatistic).muli(1 - DECAY);
    }

    /**
     * Whether DL4J divides the gradient by the batch size; a running statistic's is the amount to subtract, so it does
     * not.
     */
    @Override
    public boolean updaterDivideByMinibatch(String name) {
        return !LayerVectors.isRunningStatistic(name);
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }
}
