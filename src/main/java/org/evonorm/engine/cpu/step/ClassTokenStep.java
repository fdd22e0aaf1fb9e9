package org.evonorm.engine.cpu.step;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/**
 * The step that puts a learned token [C] before the tokens [B, N, 1, C] of every sample. The token is the sum of one or
 * more parameters, whose gradients are the same; they sum over the samples in float64.
 */
public final class ClassTokenStep implements Step {

    /**
     * The tensors of the step.
     *
     * @param output           [B, N + 1, 1, C]
     * @param outputDerivative absent in evaluation
     * @param inputDerivative  absent in evaluation and where the input is the images
     */
    public record Tensors(
            Tensor input, Tensor output, Optional<Tensor> outputDerivative, Optional<Derivative> inputDerivative) {}

    private final Slices slices;
    private final Tensors tensors;
    private final List<FloatBuffer> parameters;
    private final List<FloatBuffer> gradients;
    private final TensorMath[] math;
    /** The worker that reads the parameters and writes their gradients. */
    private final int owner;

    private final int channels;
    private float[] token;
    /** By worker, the sums of the derivative over its samples. */
    private final double[][] sums;

    /**
     * The step of one operator.
     *
     * @param parameters addresses of the parameters
     * @param gradients  addresses of their gradients, which {@link #finish} overwrites
     * @param math       by worker
     * @param index      number of the step; steps take turns in their owners
     */
    public ClassTokenStep(
            Slices slices,
            Tensors tensors,
            List<FloatPointer> parameters,
            List<FloatPointer> gradients,
            TensorMath[] math,
            int index) {
        this.slices = slices;
        this.tensors = tensors;
        this.channels = tensors.input().shape().channels();
        this.parameters = parameters.stream().map(this::buffer).toList();
        this.gradients = gradients.stream().map(this::buffer).toList();
        this.math = math;
        this.owner = index % slices.workers();
        this.token = new float[channels];
        this.sums = new double[tensors.outputDerivative().isPresent() ? slices.workers() : 0][channels];
    }

    private FloatBuffer buffer(FloatPointer pointer) {
        return new FloatPointer(pointer).capacity(channels).asBuffer();
    }

    @Override
    public void prepare(int worker) {
        if (worker == owner) {
            float[] sum = new float[channels];
            for (FloatBuffer parameter : parameters) {
                for (int channel = 0; channel < channels; channel++) {
                    sum[channel] += parameter.get(channel);
                }
            }
            token = sum;
        }
    }

    @Override
    public void forward(int worker) {
        int size = tensors.input.shape().size();
        float[] sample = new float[size + channels];
        for (int number = slices.first(worker); number < slices.first(worker + 1); number++) {
            System.arraycopy(token, 0, sample, 0, channels);
            tensors.input.floats().buffer().get(number * size, sample, channels, size);
            tensors.output.floats().buffer().put(number * sample.length, sample);
        }
    }

    @Override
    public void backward(int worker) {
        Tensor derivative = tensors.outputDerivative.orElseThrow();
        double[] own = sums[worker];
        Arrays.fill(own, 0);
        tensors.inputDerivative.ifPresent(input -> input.begin(slices, worker, math[worker]));
        int size = tensors.input.shape().size();
        float[] sample = new float[size + channels];
        for (int number = slices.first(worker); number < slices.first(worker + 1); number++) {
            derivative.floats().buffer().get(number * sample.length, sample);
            for (int channel = 0; channel < channels; channel++) {
                own[channel] += sample[channel];
            }
            int at = number * size;
            tensors.inputDerivative.ifPresent(input -> pass(input, at, sample));
        }
    }

    /** Passes the derivative of the tokens behind the first one of a sample on to the input. */
    private void pass(Derivative input, int at, float[] sample) {
        FloatBuffer target = input.tensor().floats().buffer();
        int size = sample.length - channels;
        if (input.accumulate()) {
            float[] terms = new float[size];
            target.get(at, terms);
            for (int i = 0; i < size; i++) {
                sample[channels + i] += terms[i];
            }
        }
        target.put(at, sample, channels, size);
    }

    @Override
    public void finish(int worker) {
        if (worker == owner) {
            for (int channel = 0; channel < channels; channel++) {
                double total = 0;
                for (double[] own : sums) {
                    total += own[channel];
                }
                for (FloatBuffer gradient : gradients) {
                    gradient.put(channel, (float) total);
                }
            }
        }
    }
}
