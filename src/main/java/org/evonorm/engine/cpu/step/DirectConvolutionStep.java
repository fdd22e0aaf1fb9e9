package org.evonorm.engine.cpu.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.evonorm.engine.cpu.direct.DirectConvolution;
import org.evonorm.engine.cpu.direct.DirectRun;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.engine.cpu.onednn.NativePrimitive;
import org.evonorm.engine.cpu.onednn.PointwiseGradient;
import org.evonorm.engine.cpu.onednn.Weights;

/**
 * The step of a convolution that {@link DirectConvolution} computes. Sums may start from another tensor, so that a
 * residual and the terms of later operators are added on the way. Each worker sums the weight gradient over its own
 * slice ({@link PartialGradients}).
 */
public final class DirectConvolutionStep implements Step {

    private final ConvolutionStep.Tensors tensors;
    private final Optional<Bias> bias;
    private final TensorMath[] math;
    /** The worker that prepares the weights and adds the partial gradients. */
    private final int owner;

    private final Weights weights;
    private final dnnl_memory_desc plain;
    private final PartialGradients partials;
    /** Number of weights. */
    private final long weightCount;

    private final List<dnnl_memory_desc> formats = new ArrayList<>();
    /** By worker; without runs for workers without samples. */
    private final List<Optional<Runs>> runs = new ArrayList<>();

    /** The loops of one worker; gradients are absent in evaluation, the data gradient also where nothing reads it. */
    private record Runs(DirectRun forward, Optional<DirectRun> dataGradient, Optional<WeightGradient> weightGradient) {
        void close() {
            forward.close();
            dataGradient.ifPresent(DirectRun::close);
            weightGradient.flatMap(WeightGradient::loop).ifPresent(DirectRun::close);
        }
    }

    /**
     * The computation of a weight gradient.
     *
     * @param loop absent where a product overwrites the gradient
     */
    private record WeightGradient(Runnable run, Optional<DirectRun> loop) {}

    /**
     * Binds the loops of all workers.
     *
     * @param parameters addresses of the parameters
     * @param gradient   addresses of the gradient, which {@link #finish} overwrites
     * @param math       by worker
     * @param index      number of the step; steps take turns in their owners
     */
    public DirectConvolutionStep(
            ConvolutionShape shape,
            Slices slices,
            ConvolutionStep.Tensors tensors,
            ConvolutionStep.Addresses parameters,
            ConvolutionStep.Addresses gradient,
            TensorMath[] math,
            int index) {
        this.tensors = tensors;
        this.bias = parameters
                .bias()
                .map(values -> new Bias(
                        slices,
                        shape.output().channels(),
                        values,
                        gradient.bias().orElseThrow()));
        this.math = math;
        this.owner = index % slices.workers();
        this.plain = shape.plainWeights();
        this.weights = new Weights(plain, parameters.weights());
        this.partials = new PartialGradients(plain, gradient.weights(), slices.workers());
        this.weightCount = Weights.floatCount(plain);
        for (int worker = 0; worker < slices.workers(); worker++) {
            runs.add(slices.count(worker) == 0 ? Optional.empty() : Optional.of(bind(shape, slices, worker)));
        }
    }

    private dnnl_memory_desc format(dnnl_memory_desc format) {
        formats.add(format);
        return format;
    }

    private Runs bind(ConvolutionShape shape, Slices slices, int worker) {
        DirectConvolution direct = new DirectConvolution(shape, slices.count(worker));
        FloatPointer x = tensors.input().slice(slices, worker);
        DirectRun forward = direct.forward(
                x,
                weights.inFormat(format(DirectConvolution.forwardWeights(shape))),
                tensors.residual()
                        .or(() -> bias.map(present -> tensors.output()))
                        .map(start -> start.slice(slices, worker)),
                tensors.output().slice(slices, worker));
        Optional<FloatPointer> dy = tensors.outputDerivative().map(derivative -> derivative.slice(slices, worker));
        Optional<DirectRun> dataGradient = tensors.inputDerivative()
                .map(target -> direct.dataGradient(
                        dy.orElseThrow(),
                        weights.inFormat(format(DirectConvolution.dataGradientWeights(shape))),
                        earlierTerms(target).map(terms -> terms.slice(slices, worker)),
                        target.tensor().slice(slices, worker)));
        Optional<WeightGradient> weightGradient = dy.map(derivative -> weightGradient(shape, direct, x, derivative));
        return new Runs(forward, dataGradient, weightGradient);
    }

    private WeightGradient weightGradient(
            ConvolutionShape shape, DirectConvolution direct, FloatPointer x, FloatPointer dy) {
        if (PointwiseGradient.isBetter(shape)) {
            PointwiseGradient product = PointwiseGradient.of(shape, direct.samples());
            FloatPointer target = partials.target(plain);
            return new WeightGradient(() -> product.run(x, dy, target), Optional.empty());
        }
        FloatPointer target = partials.target(format(DirectConvolution.weightGradientFormat(shape)));
        DirectRun loop = direct.weightGradient(x, dy, target);
        return new WeightGradient(
                () -> {
                    Pointer.memset(target, 0, weightCount * Float.BYTES);
                    loop.run();
                },
                Optional.of(loop));
    }

    /** The tensor with the terms of later operators, to which the data gradient is added. */
    private static Optional<Tensor> earlierTerms(Derivative target) {
        return target.original().or(() -> target.accumulate() ? Optional.of(target.tensor()) : Optional.empty());
    }

    @Override
    public void prepare(int worker) {
        if (worker == owner) {
            weights.reorder();
        }
    }

    @Override
    public void forward(int worker) {
        bias.ifPresent(present -> present.fill(tensors.output(), worker));
        runs.get(worker).ifPresent(own -> own.forward().run());
    }

    @Override
    public void backward(int worker) {
        bias.ifPresent(present -> present.sum(tensors.outputDerivative().orElseThrow(), worker));
        if (runs.get(worker).isPresent()) {
            Runs own = runs.get(worker).get();
            own.dataGradient().ifPresent(DirectRun::run);
            own.weightGradient().orElseThrow().run().run();
        }
    }

    @Override
    public void finish(int worker) {
        if (worker == owner) {
            partials.finish(math[worker]);
            bias.ifPresent(Bias::finish);
        }
    }

    @Override
    public void close() {
        runs.forEach(own -> own.ifPresent(Runs::close));
        weights.close();
        partials.close();
        NativePrimitive.free(formats.toArray(new dnnl_memory_desc[0]));
        NativePrimitive.free(plain);
    }
}
