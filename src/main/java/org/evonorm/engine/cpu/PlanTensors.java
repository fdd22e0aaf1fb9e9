package org.evonorm.engine.cpu;

import java.util.List;
import java.util.OptionalInt;
import org.evonorm.engine.PlaceLayers;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.memory.TensorPool;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;

/**
 * The images and the outputs of all operators of a plan, in memory that operators share where they can. In training
 * every output keeps its memory, since the backward pass reads it; in evaluation memory is used again after the last
 * reader.
 */
final class PlanTensors {

    private final List<Operator> operators;
    private final PlaceLayers layers;
    private final Residuals residuals;
    private final Tensor images;
    /** Outputs [B, H, W, C] by operator. */
    private final Tensor[] outputs;

    PlanTensors(Network network, PlaceLayers layers, TensorPool pool, int height, int width, boolean training) {
        this.operators = network.operators();
        this.layers = layers;
        this.residuals = new Residuals(operators);
        this.images = pool.acquire(new Shape(height, width, Network.IMAGE_CHANNELS));
        this.outputs = outputs(network.shapes(height, width), pool, training);
    }

    private Tensor[] outputs(List<Shape> shapes, TensorPool pool, boolean training) {
        int[] lastUse = new int[operators.size()];
        for (int index = 0; index < operators.size(); index++) {
            lastUse[index] = index;
            for (int input : operators.get(index).inputs()) {
                if (input != Operator.IMAGES) {
                    lastUse[input] = index;
                }
            }
        }
        Tensor[] acquired = new Tensor[operators.size()];
        for (int index = 0; index < operators.size(); index++) {
            OptionalInt source = sharesMemoryOf(index);
            if (source.isPresent()) {
                int shared = source.getAsInt();
                Tensor memory = shared == Operator.IMAGES ? images : acquired[shared];
                acquired[index] = new Tensor(memory.floats(), shapes.get(index));
                pool.retain(acquired[index]);
            } else {
                acquired[index] = pool.acquire(shapes.get(index));
            }
            for (int earlier = 0; earlier <= index && !training; earlier++) {
                if (lastUse[earlier] == index && index < operators.size() - 1) {
                    pool.release(acquired[earlier]);
                }
            }
        }
        return acquired;
    }

    /** The operator whose output has the same memory as the output of this operator, if any. */
    private OptionalInt sharesMemoryOf(int index) {
        return isPassedThrough(index)
                ? OptionalInt.of(operators.get(index).inputs().get(0))
                : residuals.convolutionOf(index);
    }

    /**
     * Whether the output of an operator needs no computation: it is the identity without affine on another operator, or
     * has the values of its input in another shape.
     */
    boolean isPassedThrough(int index) {
        Operator operator = operators.get(index);
        return operator instanceof Operator.Tokens || isIdentity(operator);
    }

    private boolean isIdentity(Operator operator) {
        return layers.at(operator).map(CanonicalLayer::isIdentity).orElse(false)
                && operator.inputs().get(0) != Operator.IMAGES;
    }

    /** The residual connections that convolutions add. */
    Residuals residuals() {
        return residuals;
    }

    /** The images [B, H, W, 3]. */
    Tensor images() {
        return images;
    }

    /** The output of an operator, or the images. */
    Tensor of(int operator) {
        return operator == Operator.IMAGES ? images : outputs[operator];
    }
}
