package org.evonorm.engine.cpu;

import java.util.Arrays;
import org.evonorm.program.Operation;
import org.evonorm.program.Programme;

/** A layer at one place of a network, for one batch and image size: a tile machine for every worker's slice. */
final class TileLayer {

    private final Programme programme;
    private final TileMachine[] machines;
    private final BatchMeans[] means;
    private final int channels;
    private final long positions;

    TileLayer(LayerPlan plan, Slices slices, int area, int channels, Workers workers, Scratch[] scratch) {
        this.programme = plan.programme();
        this.channels = channels;
        this.positions = (long) slices.batch() * area;
        this.machines = new TileMachine[workers.count()];
        for (int worker = 0; worker < machines.length; worker++) {
            machines[worker] = new TileMachine(plan, area, channels, slices.first(worker), slices.count(worker),
                    slices.batch(), scratch[worker]);
        }
        this.means = BatchMeans.of(workers, programme, channels);
    }

    /** Whether the output depends on the input at all. */
    boolean hasInputDerivative() {
        return programme.gradients().containsKey(Operation.X);
    }

    /** Hands every machine a trainable vector, or the moving average number {@code index}. */
    void set(Operation leaf, int index, float[] values, int from) {
        for (int value = 0; value < programme.instructions().size(); value++) {
            if (programme.at(value).operation() == leaf && programme.at(value).argument() == index) {
                for (TileMachine machine : machines) {
                    System.arraycopy(values, from, machine.vector(value), 0, channels);
                }
            }
        }
    }

    /** Runs one worker's slice forward. */
    void forward(int worker, TileMachine.Tensors tensors) {
        machines[worker].forward(tensors, means[worker]);
    }

    /** Runs one worker's slice backward. */
    void backward(int worker, TileMachine.Tensors tensors) {
        machines[worker].backward(tensors, means[worker]);
    }

    /** Writes the derivative of the loss with respect to a trainable vector; 0 where the output does not depend on it. */
    void gradient(Operation leaf, float[] out, int at) {
        Integer value = programme.gradients().get(leaf);
        if (value == null) {
            Arrays.fill(out, at, at + channels, 0f);
            return;
        }
        float[] mean = machines[0].vector(value);
        for (int c = 0; c < channels; c++) {
            out[at + c] = mean[c] * positions;
        }
    }

    /** The batch statistic that feeds moving average number {@code index}: [C]. */
    float[] statistic(int index) {
        return machines[0].vector(programme.statistics().get(index));
    }
}
