package org.evonorm.engine.cpu.step;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.network.Shape;

/**
 * The step that adds learned positions [H', W', C] to every sample of a tensor [B, H, W, C]. Where the two grids differ,
 * the positions of the tensor's pixels are interpolated ({@link Interpolation}). The gradient of a position sums over
 * the samples in float64.
 */
public final class PositionsStep implements Step {

    /**
     * The tensors of the step.
     *
     * @param outputDerivative absent in evaluation
     * @param shared           the derivative of the input, if it exists already, to which the output's is added
     */
    public record Tensors(Tensor input, Tensor output, Optional<Tensor> outputDerivative, List<Derivative> shared) {}

    private final Slices slices;
    private final Tensors tensors;
    private final FloatBuffer parameters;
    private final FloatBuffer gradient;
    private final TensorMath[] math;
    /** The worker that reads the positions and writes their gradient. */
    private final int owner;

    private final int parameterCount;
    private final Interpolation interpolation;
    /** The positions of the tensor's pixels [H, W, C]. */
    private float[] positions = new float[0];
    /** By worker, the sums of the derivative over its samples. */
    private final double[][] sums;

    /**
     * The step of one operator.
     *
     * @param grid       shape of the learned positions
     * @param parameters address of the positions
     * @param gradient   address of their gradient, which {@link #finish} overwrites
     * @param math       by worker
     * @param index      number of the step; steps take turns in their owners
     */
    public PositionsStep(
            Shape grid,
            Slices slices,
            Tensors tensors,
            FloatPointer parameters,
            FloatPointer gradient,
            TensorMath[] math,
            int index) {
        this.slices = slices;
        this.tensors = tensors;
        this.parameterCount = grid.size();
        this.parameters = buffer(parameters);
        this.gradient = buffer(gradient);
        this.math = math;
        this.owner = index % slices.workers();
        this.interpolation = new Interpolation(grid, tensors.input().shape());
        int size = tensors.input().shape().size();
        this.sums = new double[tensors.outputDerivative().isPresent() ? slices.workers() : 0][size];
    }

    private FloatBuffer buffer(FloatPointer pointer) {
        return new FloatPointer(pointer).capacity(parameterCount).asBuffer();
    }

    @Override
    public void prepare(int worker) {
        if (worker == owner) {
            float[] learned = new float[parameterCount];
            parameters.get(0, learned);
            positions = interpolation.values(learned);
        }
    }

    @Override
    public void forward(int worker) {
        float[] sample = new float[positions.length];
        for (int number = slices.first(worker); number < slices.first(worker + 1); number++) {
            int at = number * sample.length;
            tensors.input.floats().buffer().get(at, sample);
            for (int i = 0; i < sample.length; i++) {
                sample[i] += positions[i];
            }
            tensors.output.floats().buffer().put(at, sample);
        }
    }

    @Override
    public void backward(int worker) {
        Tensor derivative = tensors.outputDerivative.orElseThrow();
        double[] own = sums[worker];
        Arrays.fill(own, 0);
        float[] sample = new float[own.length];
        for (int number = slices.first(worker); number < slices.first(worker + 1); number++) {
            derivative.floats().buffer().get(number * sample.length, sample);
            for (int i = 0; i < sample.length; i++) {
                own[i] += sample[i];
            }
        }
        for (Derivative shared : tensors.shared) {
            shared.begin(slices, worker, math[worker]);
            math[worker].add(shared.tensor(), shared.tensor(), derivative, slices, worker);
        }
    }

    @Override
    public void finish(int worker) {
        if (worker == owner) {
            double[] total = sums[0].clone();
            for (int other = 1; other < sums.length; other++) {
                for (int i = 0; i < total.length; i++) {
                    total[i] += sums[other][i];
                }
            }
            gradient.put(0, interpolation.gradient(total));
        }
    }
}
