package org.evonorm.engine.cpu.step;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_diff_weights_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_weights_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_x;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.FloatPointer;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.onednn.ConvolutionPrimitives;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.engine.cpu.onednn.NativePrimitive;
import org.evonorm.engine.cpu.onednn.OneDnn;
import org.evonorm.engine.cpu.onednn.Weights;

/**
 * The step of a convolution or dense layer that oneDNN computes. Primitives are bound per worker, since they depend on
 * the number of samples. Each worker sums the weight gradient over its own slice ({@link PartialGradients}).
 */
public final class ConvolutionStep implements Step {

    /**
     * The tensors of the step.
     *
     * @param input            [B, H, W, C]
     * @param residual         tensor [B, H', W', C'] that is added to the convolution, if any
     * @param output           [B, H', W', C']
     * @param outputDerivative absent in evaluation
     * @param inputDerivative  absent in evaluation and where the input is the images
     */
    public record Tensors(
            Tensor input,
            Optional<Tensor> residual,
            Tensor output,
            Optional<Tensor> outputDerivative,
            Optional<Derivative> inputDerivative) {}

    /** The addresses of weights and bias in the vector of parameters or of gradients. Convolutions have no bias. */
    public record Addresses(FloatPointer weights, Optional<FloatPointer> bias) {}

    private final Slices slices;
    private final Tensors tensors;
    private final TensorMath[] math;
    /** The worker that prepares the weights and adds the partial gradients. */
    private final int owner;

    private final ConvolutionPrimitives[] primitives;
    private final Weights weights;
    private final dnnl_memory_desc plain;
    private final PartialGradients weightGradients;
    private final dnnl_memory_desc biasFormat;
    /** Absent without a bias. */
    private final Optional<PartialGradients> biasGradients;

    /**
     * Creates and binds the primitives of all workers.
     *
     * @param parameters addresses of the parameters
     * @param gradient   addresses of the gradient, which {@link #finish} overwrites
     * @param math       by worker
     * @param index      number of the step; steps take turns in their owners
     */
    public ConvolutionStep(
            ConvolutionShape shape,
            Slices slices,
            Tensors tensors,
            Addresses parameters,
            Addresses gradient,
            TensorMath[] math,
            int index) {
        this.slices = slices;
        this.tensors = tensors;
        this.math = math;
        this.owner = index % slices.workers();
        this.plain = shape.plainWeights();
        this.weights = new Weights(plain, parameters.weights());
        this.weightGradients = new PartialGradients(plain, gradient.weights(), slices.workers());
        this.biasFormat = OneDnn.memoryDescriptor(dnnl_x, shape.output().channels());
        this.biasGradients =
                gradient.bias().map(address -> new PartialGradients(biasFormat, address, slices.workers()));
        this.primitives = new ConvolutionPrimitives[slices.workers()];
        for (int worker = 0; worker < primitives.length; worker++) {
            if (slices.count(worker) > 0) {
                primitives[worker] = new ConvolutionPrimitives(
                        shape,
                        slices.count(worker),
                        tensors.residual().isPresent(),
                        tensors.outputDerivative().isPresent(),
                        tensors.inputDerivative().isPresent(),
                        reference());
                bindTensors(primitives[worker], worker, parameters);
            }
        }
    }

    /**
     * The primitives of the first worker with samples: all partial gradients take its format, so that they can be
     * added.
     */
    private Optional<ConvolutionPrimitives> reference() {
        return Arrays.stream(primitives).filter(Objects::nonNull).findFirst();
    }

    private void bindTensors(ConvolutionPrimitives convolution, int worker, Addresses parameters) {
        bindForward(convolution, worker, parameters);
        convolution.backwardData().ifPresent(backward -> bindDataGradient(convolution, backward, worker));
        convolution.backwardWeights().ifPresent(backward -> bindWeightGradient(convolution, backward, worker));
    }

    private void bindForward(ConvolutionPrimitives convolution, int worker, Addresses parameters) {
        NativePrimitive forward = convolution.forward();
        bindWeights(forward)
                .bind(DNNL_ARG_SRC, convolution.input(), tensors.input().slice(slices, worker))
                .bind(DNNL_ARG_DST, convolution.output(), tensors.output().slice(slices, worker));
        tensors.residual()
                .ifPresent(
                        residual -> forward.bind(OneDnn.ADDED, convolution.output(), residual.slice(slices, worker)));
        parameters.bias().ifPresent(bias -> forward.bind(DNNL_ARG_BIAS, convolution.bias(), bias));
    }

    private void bindDataGradient(ConvolutionPrimitives convolution, NativePrimitive backward, int worker) {
        Tensor derivative = tensors.inputDerivative().orElseThrow().overwriteTarget();
        bindWeights(backward)
                .bind(DNNL_ARG_DIFF_DST, convolution.output(), outputDerivative(worker))
                .bind(DNNL_ARG_DIFF_SRC, convolution.input(), derivative.slice(slices, worker));
    }

    private FloatPointer outputDerivative(int worker) {
        return tensors.outputDerivative().orElseThrow().slice(slices, worker);
    }

    private NativePrimitive bindWeights(NativePrimitive primitive) {
        dnnl_memory_desc format = primitive.memoryDescriptor(dnnl_query_weights_md);
        return primitive.bind(DNNL_ARG_WEIGHTS, format, weights.inFormat(format));
    }

    private void bindWeightGradient(ConvolutionPrimitives convolution, NativePrimitive backward, int worker) {
        dnnl_memory_desc format = backward.memoryDescriptor(dnnl_query_diff_weights_md);
        backward.bind(DNNL_ARG_SRC, convolution.input(), tensors.input().slice(slices, worker))
                .bind(DNNL_ARG_DIFF_DST, convolution.output(), outputDerivative(worker))
                .bind(DNNL_ARG_DIFF_WEIGHTS, format, weightGradients.target(format));
        biasGradients.ifPresent(partials -> backward.bind(DNNL_ARG_DIFF_BIAS, biasFormat, partials.target(biasFormat)));
    }

    @Override
    public long scratchFloats() {
        long most = 0;
        for (ConvolutionPrimitives convolution : primitives) {
            most = convolution == null ? most : Math.max(most, convolution.scratchFloats());
        }
        return most;
    }

    @Override
    public void bind(NativeFloats[] scratch) {
        for (int worker = 0; worker < primitives.length; worker++) {
            if (primitives[worker] != null) {
                primitives[worker].bindScratch(scratch[worker]);
            }
        }
    }

    @Override
    public void prepare(int worker) {
        if (worker == owner) {
            weights.reorder();
        }
    }

    @Override
    public void forward(int worker) {
        if (primitives[worker] != null) {
            primitives[worker].forward().execute();
        }
    }

    @Override
    public void backward(int worker) {
        if (primitives[worker] == null) {
            return;
        }
        tensors.inputDerivative().ifPresent(derivative -> {
            derivative.begin(slices, worker, math[worker]);
            primitives[worker].backwardData().orElseThrow().execute();
            derivative.end(slices, worker, math[worker]);
        });
        primitives[worker].backwardWeights().orElseThrow().execute();
    }

    @Override
    public void finish(int worker) {
        if (worker == owner) {
            weightGradients.finish(math[worker]);
            biasGradients.ifPresent(partials -> partials.finish(math[worker]));
        }
    }

    /** Names of the implementations that oneDNN chose for the first worker; {@code ref} in a name marks a slow one. */
    public List<String> implementations() {
        return primitives[0].implementations();
    }

    @Override
    public void close() {
        for (ConvolutionPrimitives convolution : primitives) {
            if (convolution != null) {
                convolution.close();
            }
        }
        weights.close();
        weightGradients.close();
        biasGradients.ifPresent(PartialGradients::close);
        NativePrimitive.free(plain, biasFormat);
    }
}
