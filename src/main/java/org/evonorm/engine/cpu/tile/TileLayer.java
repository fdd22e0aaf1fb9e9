package org.evonorm.engine.cpu.tile;

import java.util.Arrays;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Workers;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/** A layer at one place of a network, for one batch and image size: a tile machine for every worker's slice. */
public final class TileLayer {

    private final Program program;
    private final TileMachine[] machines;
    private final BatchMeans[] means;
    private final int channels;
    private final long positions;

    public TileLayer(LayerPlan plan, Slices slices, int area, int channels, Workers workers, PassBackend[] backends) {
        this.program = plan.program();
        this.channels = channels;
        this.positions = (long) slices.batch() * area;
        this.machines = new TileMachine[workers.count()];
        for (int worker = 0; worker < machines.length; worker++) {
            machines[worker] = new TileMachine(
                    plan, area, channels, slices.first(worker), slices.count(worker), slices.batch(), backends[worker]);
        }
        this.means = BatchMeans.of(workers, program, channels);
    }

    /** Whether the output depends on the input at all. */
    public boolean hasInputDerivative() {
        return program.gradients().containsKey(Operation.X);
    }

    /** Hands every machine a trainable vector, or the running statistic number {@code index}. */
    public void set(Operation leaf, int index, float[] values, int from) {
        for (int value = 0; value < program.instructions().size(); value++) {
            if (program.at(value).operation() == leaf && program.at(value).argument() == index) {
                for (TileMachine machine : machines) {
                    System.arraycopy(values, from, machine.vector(value), 0, channels);
                }
            }
        }
    }

    /** Runs one worker's slice forward. */
    public void forward(int worker, PassTensors tensors) {
        machines[worker].forward(tensors, means[worker]);
    }

    /** Runs one worker's slice backward. */
    public void backward(int worker, PassTensors tensors) {
        machines[worker].backward(tensors, means[worker]);
    }

    /** Writes the derivative of the loss with respect to a trainable vector; 0 where the output does not depend on it. */
    public void gradient(Operation leaf, float[] out, int at) {
        Integer value = program.gradients().get(leaf);
        if (value == null) {
            Arrays.fill(out, at, at + channels, 0f);
            return;
        }
        float[] mean = machines[0].vector(value);
        for (int c = 0; c < channels; c++) {
            out[at + c] = mean[c] * positions;
        }
    }

    /** The batch statistic that feeds running statistic number {@code index}: [C]. */
    public float[] statistic(int index) {
        return machines[0].vector(program.statistics().get(index));
    }
}
