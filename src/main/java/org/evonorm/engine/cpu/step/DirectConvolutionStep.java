package org.evonorm.engine.cpu.step;

import static org.bytedeco.dnnl.global.dnnl.dnnl_x;

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
import org.evonorm.engine.cpu.onednn.OneDnn;
import org.evonorm.engine.cpu.onednn.PointwiseGradient;
import org.evonorm.engine.cpu.onednn.Weights;

/**
 * The step of a convolution that {@link DirectConvolution} computes. Sums may start from another tensor, so that a
 * residual and the terms of later operators are added on the way, or from the bias. Each worker sums the gradients over
 * its own slice ({@link PartialGradients}).
 */
public final class DirectConvolutionStep implements Step {

    private final ConvolutionStep.Tensors tensors;
    private final TensorMath[] math;
    /** The worker that prepares the weights and adds the partial gradients. */
    private final int owner;

    private final Weights weights;
    private final dnnl_memory_desc plain;
    private final PartialGradients weightGradients;
    private final dnnl_memory_desc biasFormat;
    /** Absent without a bias. */
    private final Optional<PartialGradients> biasGradients;

    private final List<dnnl_memory_desc> formats = new ArrayList<>();
    /** By worker; without runs for workers without samples. */
    private final List<Optional<Runs>> runs = new ArrayList<>();

    /**
     * The loops of one worker.
     *
     * @param dataGradient absent in evaluation, and where nothing reads it
     * @param gradients    of weights and bias; none in evaluation
     */
    private record Runs(DirectRun forward, Optional<DirectRun> dataGradient, List<Gradient> gradients) {
        void close() {
            forward.close();
            dataGradient.ifPresent(DirectRun::close);
            gradients.forEach(Gradient::close);
        }
    }

    /**
     * The computation of a worker's partial gradient.
     *
     * @param loop absent where a product of matrices does it
     */
    private record Gradient(Runnable run, Optional<DirectRun> loop) {

        /** A loop that adds to {@code target}, a tensor of a format, which is cleared before. */
        static Gradient adding(DirectRun loop, FloatPointer target, dnnl_memory_desc format) {
            long bytes = Weights.floatCount(format) * Float.BYTES;
            Runnable run = () -> {
                Pointer.memset(target, 0, bytes);
                loop.run();
            };
            return new Gradient(run, Optional.of(loop));
        }

        void close() {
            loop.ifPresent(DirectRun::close);
        }
    }

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
        this.math = math;
        this.owner = index % slices.workers();
        this.plain = shape.plainWeights();
        this.weights = new Weights(plain, parameters.weights());
        this.weightGradients = new PartialGradients(plain, gradient.weights(), slices.workers());
        this.biasFormat = format(OneDnn.memoryDescriptor(dnnl_x, shape.output().channels()));
        this.biasGradients =
                gradient.bias().map(address -> new PartialGradients(biasFormat, address, slices.workers()));
        for (int worker = 0; worker < slices.workers(); worker++) {
            runs.add(
                    slices.count(worker) == 0
                            ? Optional.empty()
                            : Optional.of(bind(shape, slices, parameters, worker)));
        }
    }

    private dnnl_memory_desc format(dnnl_memory_desc format) {
        formats.add(format);
        return format;
    }

    private Runs bind(ConvolutionShape shape, Slices slices, ConvolutionStep.Addresses parameters, int worker) {
        DirectConvolution direct = new DirectConvolution(shape, slices.count(worker));
        FloatPointer x = tensors.input().slice(slices, worker);
        FloatPointer y = tensors.output().slice(slices, worker);
        Pointer forwardWeights = weights.inFormat(format(DirectConvolution.forwardWeights(shape)));
        DirectRun forward = parameters
                .bias()
                .map(bias -> direct.forwardFromBias(x, forwardWeights, bias, y))
                .orElseGet(() -> direct.forward(
                        x, forwardWeights, tensors.residual().map(start -> start.slice(slices, worker)), y));
        Optional<FloatPointer> dy = tensors.outputDerivative().map(derivative -> derivative.slice(slices, worker));
        Optional<DirectRun> dataGradient = tensors.inputDerivative()
                .map(target -> direct.dataGradient(
                        dy.orElseThrow(),
                        weights.inFormat(format(DirectConvolution.dataGradientWeights(shape))),
                        earlierTerms(target).map(terms -> terms.slice(slices, worker)),
                        target.tensor().slice(slices, worker)));
        List<Gradient> gradients = new ArrayList<>();
        dy.ifPresent(derivative -> {
            gradients.add(weightGradient(direct, x, derivative));
            biasGradients.ifPresent(partials -> {
                FloatPointer target = partials.target(biasFormat);
                gradients.add(Gradient.adding(direct.biasGradient(derivative, target), target, biasFormat));
            });
        });
        return new Runs(forward, dataGradient, gradients);
    }

    private Gradient weightGradient(DirectConvolution direct, FloatPointer x, FloatPointer dy) {
        if (PointwiseGradient.isBetter(direct.shape())) {
            PointwiseGradient product = PointwiseGradient.of(direct.shape(), direct.samples());
            FloatPointer target = weightGradients.target(plain);
            return new Gradient(() -> product.run(x, dy, target), Optional.empty());
        }
        dnnl_memory_desc format = format(DirectConvolution.weightGradientFormat(direct.shape()));
        FloatPointer target = weightGradients.target(format);
        return Gradient.adding(direct.weightGradient(x, dy, target), target, format);
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
        runs.get(worker).ifPresent(own -> own.forward().run());
    }

    @Override
    public void backward(int worker) {
        runs.get(worker).ifPresent(own -> {
            own.dataGradient().ifPresent(DirectRun::run);
            own.gradients().forEach(gradient -> gradient.run().run());
        });
    }

    @Override
    public void finish(int worker) {
        if (worker == owner) {
            weightGradients.finish(math[worker]);
            biasGradients.ifPresent(partials -> partials.finish(math[worker]));
        }
    }

    @Override
    public void close() {
        runs.forEach(own -> own.ifPresent(Runs::close));
        weights.close();
        weightGradients.close();
        biasGradients.ifPresent(PartialGradients::close);
        NativePrimitive.free(formats.toArray(new dnnl_memory_desc[0]));
        NativePrimitive.free(plain);
    }
}
