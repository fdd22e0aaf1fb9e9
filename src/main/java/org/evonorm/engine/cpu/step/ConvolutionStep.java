package org.evonorm.engine.cpu.step;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
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
 * A convolution or dense layer by oneDNN, with primitives for every worker's slice. Each worker sums its weight gradient
 * over its own samples; worker {@code turn} adds them up and brings them into the plain form.
 */
public final class ConvolutionStep implements Step {

    /**
     * The tensors of the step.
     *
     * @param residual         what is added to the convolution, if anything
     * @param outputDerivative absent in evaluation
     * @param inputDerivative  absent in evaluation and where the input is the images
     */
    public record PassTensors(
            Tensor input,
            Optional<Tensor> residual,
            Tensor output,
            Optional<Tensor> outputDerivative,
            Optional<Derivative> inputDerivative) {}

    /** Where parameters, or their gradients, lie. The bias is absent for convolutions. */
    public record Location(FloatPointer weights, Optional<FloatPointer> bias) {}

    private final ConvolutionShape shape;
    private final Slices slices;
    private final PassTensors tensors;
    private final TensorMath[] math;
    private final int turn;
    private final ConvolutionPrimitives[] primitives;
    private final Weights weights;
    private final Location gradient;
    private final dnnl_memory_desc plain;
    private final List<DepthwiseWeightGradient> ownGradients = new ArrayList<>();
    private final List<NativeFloats> weightShares = new ArrayList<>();
    private final List<NativeFloats> biasShares = new ArrayList<>();
    private final List<NativePrimitive> toPlain = new ArrayList<>();
    /** By worker, what computes its output and, in training, the derivative of its input and its share of the weights'. */
    private final Runnable[] forwards;

    private final Runnable[] dataGradients;
    private final Runnable[] weightGradients;

    public ConvolutionStep(
            ConvolutionShape shape,
            Slices slices,
            PassTensors tensors,
            Location parameters,
            Location gradient,
            TensorMath[] math,
            int turn) {
        this.shape = shape;
        this.slices = slices;
        this.tensors = tensors;
        this.math = math;
        this.turn = turn % slices.workers();
        this.plain = shape.plainWeights();
        this.weights = new Weights(plain, parameters.weights());
        this.gradient = gradient;
        this.primitives = new ConvolutionPrimitives[slices.workers()];
        this.forwards = new Runnable[slices.workers()];
        this.dataGradients = new Runnable[slices.workers()];
        this.weightGradients = new Runnable[slices.workers()];
        for (int worker = 0; worker < primitives.length; worker++) {
            if (slices.count(worker) > 0) {
                primitives[worker] = new ConvolutionPrimitives(
                        shape,
                        slices.count(worker),
                        tensors.residual().isPresent(),
                        tensors.outputDerivative().isPresent(),
                        tensors.inputDerivative().isPresent(),
                        first());
                bindTensors(primitives[worker], worker, parameters);
            }
        }
    }

    /** The first worker's: all shares of the weight gradient have its form, so that they can be added. */
    private Optional<ConvolutionPrimitives> first() {
        return Arrays.stream(primitives).filter(Objects::nonNull).findFirst();
    }

    private void bindTensors(ConvolutionPrimitives own, int worker, Location parameters) {
        PointwiseProduct product = PointwiseProduct.of(shape, slices.count(worker));
        bindForward(own, worker, parameters, product);
        own.backwardData().ifPresent(backward -> bindDataGradient(own, backward, worker, parameters, product));
        own.backwardWeights().ifPresent(backward -> {
            if (DepthwiseWeightGradient.isBetter(shape, backward.implementation())) {
                bindOwnWeightGradient(worker);
            } else {
                bindWeightGradient(own, backward, worker, product);
            }
        });
    }

    private boolean isProduct(NativePrimitive primitive) {
        return PointwiseProduct.isBetter(shape, primitive.implementation());
    }

    /** Products cannot add a residual in the same pass. */
    private void bindForward(ConvolutionPrimitives own, int worker, Location parameters, PointwiseProduct product) {
        NativePrimitive forward = own.forward();
        FloatPointer x = tensors.input().slice(slices, worker);
        FloatPointer y = tensors.output().slice(slices, worker);
        if (tensors.residual().isEmpty() && isProduct(forward)) {
            forwards[worker] = () -> product.forward(x, parameters.weights(), y);
            return;
        }
        forwards[worker] = forward::execute;
        bindWeights(forward).bind(DNNL_ARG_SRC, own.input(), x).bind(DNNL_ARG_DST, own.output(), y);
        tensors.residual()
                .ifPresent(residual -> forward.bind(OneDnn.ADDED, own.output(), residual.slice(slices, worker)));
        parameters.bias().ifPresent(bias -> forward.bind(DNNL_ARG_BIAS, own.bias(), bias));
    }

    private void bindDataGradient(
            ConvolutionPrimitives own,
            NativePrimitive backward,
            int worker,
            Location parameters,
            PointwiseProduct product) {
        FloatPointer dy = tensors.outputDerivative().orElseThrow().slice(slices, worker);
        FloatPointer dx = tensors.inputDerivative().orElseThrow().overwritten().slice(slices, worker);
        if (isProduct(backward)) {
            dataGradients[worker] = () -> product.dataGradient(dy, parameters.weights(), dx);
            return;
        }
        dataGradients[worker] = backward::execute;
        bindWeights(backward).bind(DNNL_ARG_DIFF_DST, own.output(), dy).bind(DNNL_ARG_DIFF_SRC, own.input(), dx);
    }

    private NativePrimitive bindWeights(NativePrimitive primitive) {
        dnnl_memory_desc form = primitive.memory(dnnl_query_weights_md);
        return primitive.bind(DNNL_ARG_WEIGHTS, form, weights.in(form));
    }

    private void bindOwnWeightGradient(int worker) {
        DepthwiseWeightGradient own = new DepthwiseWeightGradient(shape);
        ownGradients.add(own);
        NativeFloats share = addShare(plain);
        weightGradients[worker] = () -> own.run(
                tensors.input().floats(),
                tensors.outputDerivative().orElseThrow().floats(),
                slices.first(worker),
                slices.count(worker),
                share);
    }

    /** Memory for one more worker's share of the weight gradient, all in one form. */
    private NativeFloats addShare(dnnl_memory_desc form) {
        NativeFloats share = new NativeFloats(Weights.floats(form));
        weightShares.add(share);
        if (toPlain.isEmpty()) {
            toPlain.add(Weights.reordering(form, share.at(0), plain, gradient.weights()));
        }
        return share;
    }

    /** Where a worker's share goes: a single worker's in plain form is the gradient itself. */
    private FloatPointer shareOrGradient(dnnl_memory_desc form) {
        boolean direct = slices.workers() == 1 && dnnl_memory_desc_equal(form, plain) != 0;
        return direct ? gradient.weights() : addShare(form).at(0);
    }

    private void bindWeightGradient(
            ConvolutionPrimitives own, NativePrimitive backward, int worker, PointwiseProduct product) {
        FloatPointer x = tensors.input().slice(slices, worker);
        FloatPointer dy = tensors.outputDerivative().orElseThrow().slice(slices, worker);
        if (isProduct(backward)) {
            FloatPointer share = shareOrGradient(plain);
            weightGradients[worker] = () -> product.weightGradient(x, dy, share);
            return;
        }
        weightGradients[worker] = backward::execute;
        dnnl_memory_desc form = backward.memory(dnnl_query_diff_weights_md);
        backward.bind(DNNL_ARG_SRC, own.input(), x)
                .bind(DNNL_ARG_DIFF_DST, own.output(), dy)
                .bind(DNNL_ARG_DIFF_WEIGHTS, form, shareOrGradient(form));
        if (gradient.bias().isPresent()) {
            Pointer biasShare = gradient.bias().get();
            if (slices.workers() > 1) {
                NativeFloats floats = new NativeFloats(tensors.output().shape().channels());
                biasShares.add(floats);
                biasShare = floats.at(0);
            }
            backward.bind(DNNL_ARG_DIFF_BIAS, own.bias(), biasShare);
        }
    }

    @Override
    public long scratchFloats() {
        long most = 0;
        for (ConvolutionPrimitives own : primitives) {
            most = own == null ? most : Math.max(most, own.scratchFloats());
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
        if (worker == turn) {
            weights.reorder();
        }
    }

    @Override
    public void forward(int worker) {
        if (primitives[worker] != null) {
            forwards[worker].run();
        }
    }

    @Override
    public void backward(int worker) {
        if (primitives[worker] == null) {
            return;
        }
        tensors.inputDerivative().ifPresent(derivative -> {
            derivative.begin(slices, worker, math[worker]);
            dataGradients[worker].run();
            derivative.end(slices, worker, math[worker]);
        });
        weightGradients[worker].run();
    }

    @Override
    public void finish(int worker) {
        if (worker != turn) {
            return;
        }
        for (int share = 1; share < weightShares.size(); share++) {
            math[worker].addAll(weightShares.get(0), weightShares.get(share));
        }
        toPlain.forEach(NativePrimitive::execute);
        if (!biasShares.isEmpty()) {
            for (int share = 1; share < biasShares.size(); share++) {
                math[worker].addAll(biasShares.get(0), biasShares.get(share));
            }
            Pointer.memcpy(
                    gradient.bias().orElseThrow(),
                    biasShares.get(0).at(0),
                    (long) biasShares.get(0).size() * Float.BYTES);
        }
    }

    /** Names of the implementations chosen, for finding slow ones. */
    public List<String> implementations() {
        return primitives[0].implementations();
    }

    @Override
    public void close() {
        for (ConvolutionPrimitives own : primitives) {
            if (own != null) {
                own.close();
            }
        }
        weights.close();
        ownGradients.forEach(DepthwiseWeightGradient::close);
        weightShares.forEach(NativeFloats::close);
        biasShares.forEach(NativeFloats::close);
        toPlain.forEach(NativePrimitive::close);
        NativePrimitive.free(plain);
    }
}
