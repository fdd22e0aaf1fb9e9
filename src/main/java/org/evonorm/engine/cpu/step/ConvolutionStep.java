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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.onednn.ConvolutionPrimitives;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.engine.cpu.onednn.DepthwiseWeightGradient;
import org.evonorm.engine.cpu.onednn.NativePrimitive;
import org.evonorm.engine.cpu.onednn.OneDnn;
import org.evonorm.engine.cpu.onednn.PointwiseProduct;
import org.evonorm.engine.cpu.onednn.Weights;

/**
 * The step of a convolution or dense layer, computed by oneDNN, by a matrix product or, for the weight gradient of
 * depthwise 5×5 convolutions, by {@link DepthwiseWeightGradient}. Primitives are bound per worker, since they depend on
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

    private final ConvolutionShape shape;
    private final Slices slices;
    private final Tensors tensors;
    private final TensorMath[] math;
    /** The worker that prepares the weights and adds the partial gradients. */
    private final int owner;

    private final ConvolutionPrimitives[] primitives;
    private final Weights weights;
    private final Addresses gradient;
    private final dnnl_memory_desc plain;
    private final List<DepthwiseWeightGradient> depthwiseGradients = new ArrayList<>();
    private final PartialGradients partials;
    /** Partial gradients of the bias. */
    private final List<NativeFloats> biasPartials = new ArrayList<>();
    /** By worker, the computation of the output. */
    private final Runnable[] forwardRuns;
    /** By worker, the computation of the input's derivative. */
    private final Runnable[] dataGradientRuns;
    /** By worker, the computation of the partial gradient. */
    private final Runnable[] weightGradientRuns;

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
        this.shape = shape;
        this.slices = slices;
        this.tensors = tensors;
        this.math = math;
        this.owner = index % slices.workers();
        this.plain = shape.plainWeights();
        this.weights = new Weights(plain, parameters.weights());
        this.gradient = gradient;
        this.partials = new PartialGradients(plain, gradient.weights(), slices.workers());
        this.primitives = new ConvolutionPrimitives[slices.workers()];
        this.forwardRuns = new Runnable[slices.workers()];
        this.dataGradientRuns = new Runnable[slices.workers()];
        this.weightGradientRuns = new Runnable[slices.workers()];
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
        PointwiseProduct product = PointwiseProduct.of(shape, slices.count(worker));
        bindForward(convolution, worker, parameters, product);
        convolution
                .backwardData()
                .ifPresent(backward -> bindDataGradient(convolution, backward, worker, parameters, product));
        convolution.backwardWeights().ifPresent(backward -> {
            if (DepthwiseWeightGradient.isBetter(shape, backward.implementation())) {
                bindDepthwiseWeightGradient(worker);
            } else {
                bindWeightGradient(convolution, backward, worker, product);
            }
        });
    }

    private boolean isProduct(NativePrimitive primitive) {
        return PointwiseProduct.isBetter(shape, primitive.implementation());
    }

    /** Binds the forward pass. A matrix product cannot add a residual in the same pass. */
    private void bindForward(
            ConvolutionPrimitives convolution, int worker, Addresses parameters, PointwiseProduct product) {
        NativePrimitive forward = convolution.forward();
        FloatPointer x = tensors.input().slice(slices, worker);
        FloatPointer y = tensors.output().slice(slices, worker);
        if (tensors.residual().isEmpty() && isProduct(forward)) {
            forwardRuns[worker] = () -> product.forward(x, parameters.weights(), y);
            return;
        }
        forwardRuns[worker] = forward::execute;
        bindWeights(forward).bind(DNNL_ARG_SRC, convolution.input(), x).bind(DNNL_ARG_DST, convolution.output(), y);
        tensors.residual()
                .ifPresent(
                        residual -> forward.bind(OneDnn.ADDED, convolution.output(), residual.slice(slices, worker)));
        parameters.bias().ifPresent(bias -> forward.bind(DNNL_ARG_BIAS, convolution.bias(), bias));
    }

    private void bindDataGradient(
            ConvolutionPrimitives convolution,
            NativePrimitive backward,
            int worker,
            Addresses parameters,
            PointwiseProduct product) {
        FloatPointer dy = tensors.outputDerivative().orElseThrow().slice(slices, worker);
        FloatPointer dx =
                tensors.inputDerivative().orElseThrow().overwriteTarget().slice(slices, worker);
        if (isProduct(backward)) {
            dataGradientRuns[worker] = () -> product.dataGradient(dy, parameters.weights(), dx);
            return;
        }
        dataGradientRuns[worker] = backward::execute;
        bindWeights(backward)
                .bind(DNNL_ARG_DIFF_DST, convolution.output(), dy)
                .bind(DNNL_ARG_DIFF_SRC, convolution.input(), dx);
    }

    private NativePrimitive bindWeights(NativePrimitive primitive) {
        dnnl_memory_desc format = primitive.memoryDescriptor(dnnl_query_weights_md);
        return primitive.bind(DNNL_ARG_WEIGHTS, format, weights.inFormat(format));
    }

    private void bindDepthwiseWeightGradient(int worker) {
        DepthwiseWeightGradient depthwise = new DepthwiseWeightGradient(shape);
        depthwiseGradients.add(depthwise);
        NativeFloats partial = partials.add(plain);
        weightGradientRuns[worker] = () -> depthwise.run(
                tensors.input().floats(),
                tensors.outputDerivative().orElseThrow().floats(),
                slices.first(worker),
                slices.count(worker),
                partial);
    }

    private void bindWeightGradient(
            ConvolutionPrimitives convolution, NativePrimitive backward, int worker, PointwiseProduct product) {
        FloatPointer x = tensors.input().slice(slices, worker);
        FloatPointer dy = tensors.outputDerivative().orElseThrow().slice(slices, worker);
        if (isProduct(backward)) {
            FloatPointer partial = partials.target(plain);
            weightGradientRuns[worker] = () -> product.weightGradient(x, dy, partial);
            return;
        }
        weightGradientRuns[worker] = backward::execute;
        dnnl_memory_desc format = backward.memoryDescriptor(dnnl_query_diff_weights_md);
        backward.bind(DNNL_ARG_SRC, convolution.input(), x)
                .bind(DNNL_ARG_DIFF_DST, convolution.output(), dy)
                .bind(DNNL_ARG_DIFF_WEIGHTS, format, partials.target(format));
        if (gradient.bias().isPresent()) {
            Pointer biasPartial = gradient.bias().get();
            if (slices.workers() > 1) {
                NativeFloats floats = new NativeFloats(tensors.output().shape().channels());
                biasPartials.add(floats);
                biasPartial = floats.at(0);
            }
            backward.bind(DNNL_ARG_DIFF_BIAS, convolution.bias(), biasPartial);
        }
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
            forwardRuns[worker].run();
        }
    }

    @Override
    public void backward(int worker) {
        if (primitives[worker] == null) {
            return;
        }
        tensors.inputDerivative().ifPresent(derivative -> {
            derivative.begin(slices, worker, math[worker]);
            dataGradientRuns[worker].run();
            derivative.end(slices, worker, math[worker]);
        });
        weightGradientRuns[worker].run();
    }

    @Override
    public void finish(int worker) {
        if (worker != owner) {
            return;
        }
        partials.finish(math[worker]);
        if (!biasPartials.isEmpty()) {
            for (int partial = 1; partial < biasPartials.size(); partial++) {
                math[worker].addAll(biasPartials.get(0), biasPartials.get(partial));
            }
            Pointer.memcpy(
                    gradient.bias().orElseThrow(),
                    biasPartials.get(0).at(0),
                    (long) biasPartials.get(0).size() * Float.BYTES);
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
        depthwiseGradients.forEach(DepthwiseWeightGradient::close);
        partials.close();
        biasPartials.forEach(NativeFloats::close);
        NativePrimitive.free(plain);
    }
}
