package org.evonorm.engine.cpu.tile;

import java.util.Arrays;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Workers;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/** A layer at one place of a network, for one batch and image size: one tile machine per worker's slice. */
public final class TileLayer {

    private final Program program;
    private final TileMachine[] machines;
    private final BatchMeans[] means;
    private final int channels;
    private final long positions;

    /**
     * Makes the machines of all workers.
     *
     * @param area     number of pixels of a sample
     * @param backends the back end of each worker
     */
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

    /** Whether the derivative with respect to the input is not constantly zero. */
    public boolean hasInputDerivative() {
        return program.gradients().containsKey(Operation.X);
    }

    /**
     * Sets a trainable vector, or the running statistic with number {@code index}, in all machines.
     *
     * @param leaf   V0, V1, GAMMA, BETA, FROZEN_V0, FROZEN_V1 or RUNNING_STATISTIC
     * @param index  number of the running statistic, else 0
     * @param values the vector [C], or one value [1] for all channels
     */
    public void set(Operation leaf, int index, float[] values) {
        for (int value = 0; value < program.instructions().size(); value++) {
            if (program.at(value).operation() == leaf && program.at(value).argument() == index) {
                for (TileMachine machine : machines) {
                    if (values.length == 1) {
                        Arrays.fill(machine.vector(value), 0, channels, values[0]);
                    } else {
                        System.arraycopy(values, 0, machine.vector(value), 0, channels);
                    }
                }
            }
        }
    }

    /** Runs the forward schedule on one worker's slice. */
    public void forward(int worker, PassTensors tensors) {
        machines[worker].forward(tensors, means[worker]);
    }

    /** Runs the backward schedule on one worker's slice, after the forward schedule. */
    public void backward(int worker, PassTensors tensors) {
        machines[worker].backward(tensors, means[worker]);
    }

    /**
     * Writes the derivative of the loss with respect to a trainable vector, after all workers ran backward. The
     * derivative is 0 if the output does not depend on the vector.
     *
     * @param out receives the derivative, [C], or [1] of a value that all channels share
     */
    public void gradient(Operation leaf, float[] out) {
        Integer value = program.gradients().get(leaf);
        if (value == null) {
            Arrays.fill(out, 0f);
            return;
        }
        float[] mean = machines[0].vector(value);
        // The mean over all channels, where they share one value.
        long values = positions * (channels / out.length);
        for (int c = 0; c < out.length; c++) {
            out[c] = mean[c] * values;
        }
    }

    /**
     * The batch statistic [C], padded, of the running statistic with number {@code index}, after the forward schedule.
     */
    public float[] statistic(int index) {
        return machines[0].vector(program.statistics().get(index));
    }
}
