package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import org.evonorm.data.Batch;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.engine.PlaceLayers;
import org.evonorm.engine.Score;
import org.evonorm.engine.cpu.direct.DirectConvolution;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.memory.TensorPool;
import org.evonorm.engine.cpu.memory.Workers;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.engine.cpu.step.AddStep;
import org.evonorm.engine.cpu.step.ConvolutionStep;
import org.evonorm.engine.cpu.step.CrossEntropy;
import org.evonorm.engine.cpu.step.Derivative;
import org.evonorm.engine.cpu.step.DirectConvolutionStep;
import org.evonorm.engine.cpu.step.LayerStep;
import org.evonorm.engine.cpu.step.MaxPoolStep;
import org.evonorm.engine.cpu.step.PassThroughStep;
import org.evonorm.engine.cpu.step.PoolStep;
import org.evonorm.engine.cpu.step.ScaleStep;
import org.evonorm.engine.cpu.step.Step;
import org.evonorm.engine.cpu.step.TensorMath;
import org.evonorm.engine.cpu.tile.AreaMath;
import org.evonorm.engine.cpu.tile.PassBackend;
import org.evonorm.engine.cpu.tile.TileLayer;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.engine.pass.LayerPlans;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;

/**
 * The steps of a network with a layer in its places, for one batch and image size, in training or evaluation mode. A
 * plan is made once, with all memory and bound primitives, and run for every batch. A plan may have frozen branches:
 * layers and max-pools are then linearised on the branches taken in the last run of another plan.
 */
final class NetworkPlan implements AutoCloseable {

    /** The parts of a model that its plans share. */
    record Model(
            Network network,
            PlaceLayers layers,
            LayerPlans layerPlans,
            ParameterLayout layout,
            ParameterMemory parameters,
            Workers workers) {}

    private final Model model;
    private final boolean training;
    /** The plan whose activations decide on the branches; absent without frozen branches. */
    private final Optional<NetworkPlan> frozen;

    private final Slices slices;
    private final TensorPool pool;
    private final Residuals residuals;
    private final Tensor images;
    /** Outputs [B, H, W, C] by operator. */
    private final Tensor[] outputs;
    /** Steps by operator. */
    private final Step[] steps;

    private final PassBackend[] backends;
    private final TensorMath[] math;
    private final List<NativeFloats> nativeScratch = new ArrayList<>();
    private final CrossEntropy loss;
    private final Tensor logits;

    /**
     * Makes a plan.
     *
     * @param batch    number of images; in evaluation mode, the largest number
     * @param height   height of an image in pixels
     * @param width    width of an image in pixels
     * @param training whether the plan computes gradients and batch statistics
     */
    NetworkPlan(Model model, int batch, int height, int width, boolean training) {
        this(model, batch, height, width, training, Optional.empty());
    }

    /** A training plan for the same batches, frozen on the branches taken in the last run of this plan. */
    NetworkPlan frozen() {
        return new NetworkPlan(
                model, slices.batch(), images.shape().height(), images.shape().width(), true, Optional.of(this));
    }

    private NetworkPlan(Model model, int batch, int height, int width, boolean training, Optional<NetworkPlan> frozen) {
        this.model = model;
        this.training = training;
        this.frozen = frozen;
        this.slices = new Slices(batch, model.workers().count());
        this.pool = new TensorPool(batch);
        this.residuals = new Residuals(model.network().operators());
        this.images = pool.acquire(new Shape(height, width, Network.IMAGE_CHANNELS));
        this.backends = new PassBackend[slices.workers()];
        this.math = new TensorMath[slices.workers()];
        for (int worker = 0; worker < slices.workers(); worker++) {
            backends[worker] = PassBackend.create();
            math[worker] = new TensorMath();
        }
        List<Shape> shapes = model.network().shapes(height, width);
        this.steps = new Step[shapes.size()];
        this.outputs = outputs(shapes);
        int last = shapes.size() - 1;
        this.logits = outputs[last];
        DerivativePlan derivatives = new DerivativePlan(pool, shapes.size());
        this.loss = new CrossEntropy(
                slices, logits, training ? Optional.of(derivatives.start(last, shapes.get(last))) : Optional.empty());
        for (int index = last; index >= 0; index--) {
            steps[index] = step(index, derivatives);
            derivatives.release(index);
        }
        bindScratch();
    }

    /**
     * Acquires the memory of all outputs. In training every output has memory of its own, since the backward pass reads
     * it; in evaluation memory is reused after the last reader.
     */
    private Tensor[] outputs(List<Shape> shapes) {
        List<Operator> operators = model.network().operators();
        int[] lastUse = new int[operators.size()];
        for (int index = 0; index < operators.size(); index++) {
            lastUse[index] = index;
            for (int input : operators.get(index).inputs()) {
                if (input != Operator.IMAGES) {
                    lastUse[input] = index;
                }
            }
        }
        Tensor[] outputs = new Tensor[operators.size()];
        for (int index = 0; index < operators.size(); index++) {
            OptionalInt source = sharesMemoryOf(index, operators.get(index));
            if (source.isPresent()) {
                outputs[index] = outputs[source.getAsInt()];
                pool.retain(outputs[index]);
            } else {
                outputs[index] = pool.acquire(shapes.get(index));
            }
            for (int earlier = 0; earlier <= index && !training; earlier++) {
                if (lastUse[earlier] == index && index < operators.size() - 1) {
                    pool.release(outputs[earlier]);
                }
            }
        }
        return outputs;
    }

    /** The operator whose output has the same memory as the output of this operator, if any. */
    private OptionalInt sharesMemoryOf(int index, Operator operator) {
        int input = operator.inputs().get(0);
        return isPassedThrough(operator) && input != Operator.IMAGES
                ? OptionalInt.of(input)
                : residuals.convolutionOf(index);
    }

    /** Whether the layer of an operator is the identity without affine, whose output needs no computation. */
    private boolean isPassedThrough(Operator operator) {
        return model.layers().at(operator).map(CanonicalLayer::isIdentity).orElse(false);
    }

    // ---- steps

    private Step step(int index, DerivativePlan derivatives) {
        Operator operator = model.network().operators().get(index);
        Tensor output = outputs[index];
        Tensor input = tensor(operator.inputs().get(0));
        Optional<CanonicalLayer> layer = model.layers().at(operator);
        if (layer.isPresent()) {
            return layerStep(index, layer.get(), input, output, derivatives);
        }
        Optional<Tensor> derivative = derivatives.of(index);
        if (operator instanceof Operator.Convolution convolution) {
            return convolution(
                    index,
                    new ConvolutionShape(
                            input.shape(),
                            output.shape(),
                            convolution.kernel(),
                            convolution.stride(),
                            convolution.groups(),
                            false),
                    input,
                    output,
                    derivatives);
        }
        if (operator instanceof Operator.Dense) {
            return convolution(
                    index,
                    new ConvolutionShape(input.shape(), output.shape(), 1, 1, 1, true),
                    input,
                    output,
                    derivatives);
        }
        if (operator instanceof Operator.MaxPool maxPool) {
            return new MaxPoolStep(
                    maxPool,
                    slices,
                    input,
                    frozen.map(other -> other.tensor(maxPool.input())),
                    output,
                    derivative,
                    target(maxPool.input(), input, true, derivatives),
                    math);
        }
        if (operator instanceof Operator.GlobalAveragePool average) {
            return new PoolStep(
                    slices,
                    input,
                    output,
                    derivative,
                    target(average.input(), input, false, derivatives),
                    math,
                    AreaMath.of(input, slices, backends));
        }
        if (operator instanceof Operator.Scale scale) {
            Tensor gate = tensor(scale.gate());
            return new ScaleStep(
                    slices,
                    input,
                    gate,
                    output,
                    derivative,
                    target(scale.input(), input, false, derivatives),
                    target(scale.gate(), gate, false, derivatives),
                    math,
                    AreaMath.of(input, slices, backends));
        }
        Operator.Add add = (Operator.Add) operator;
        if (residuals.convolutionOf(index).isPresent()) {
            return new PassThroughStep(slices, derivative, passedOn(index, add, derivatives), math);
        }
        return new AddStep(
                slices, input, tensor(add.right()), output, derivative, passedOn(index, add, derivatives), math);
    }

    private Tensor tensor(int operator) {
        return operator == Operator.IMAGES ? images : outputs[operator];
    }

    private Optional<Derivative> target(int input, Tensor tensor, boolean overwrites, DerivativePlan derivatives) {
        return training ? derivatives.target(input, tensor.shape(), overwrites) : Optional.empty();
    }

    private List<Derivative> passedOn(int index, Operator.Add add, DerivativePlan derivatives) {
        List<Derivative> shared = new ArrayList<>();
        if (training) {
            derivatives.passOn(index, add.left()).ifPresent(shared::add);
            derivatives.passOn(index, add.right()).ifPresent(shared::add);
        }
        return shared;
    }

    private Step layerStep(int index, CanonicalLayer layer, Tensor input, Tensor output, DerivativePlan derivatives) {
        int source = model.network().operators().get(index).inputs().get(0);
        if (isPassedThrough(model.network().operators().get(index)) && source != Operator.IMAGES) {
            List<Derivative> shared = new ArrayList<>();
            if (training) {
                derivatives.passOn(index, source).ifPresent(shared::add);
            }
            return new PassThroughStep(slices, derivatives.of(index), shared, math);
        }
        LayerPlan plan = frozen.isPresent()
                ? model.layerPlans().frozen(layer)
                : model.layerPlans().of(layer, training);
        TileLayer tiles =
                new TileLayer(plan, slices, input.shape().area(), input.shape().channels(), model.workers(), backends);
        Tensor frozenInput = frozen.map(other -> other.tensor(source)).orElse(input);
        return new LayerStep(
                tiles,
                slices,
                input,
                frozenInput,
                output,
                derivatives.of(index),
                target(source, input, false, derivatives),
                math);
    }

    private Step convolution(
            int index, ConvolutionShape shape, Tensor input, Tensor output, DerivativePlan derivatives) {
        int source = model.network().operators().get(index).inputs().get(0);
        ParameterMemory parameters = model.parameters();
        OptionalInt residual = residuals.addedBy(index);
        boolean direct = DirectConvolution.isBetter(shape);
        ConvolutionStep.Tensors tensors = new ConvolutionStep.Tensors(
                input,
                residual.isPresent() ? Optional.of(tensor(residual.getAsInt())) : Optional.empty(),
                output,
                derivatives.of(index),
                target(source, input, !direct, derivatives));
        ConvolutionStep.Addresses values =
                parameters.addresses(parameters.values(), model.layout().of(index));
        ConvolutionStep.Addresses gradient =
                parameters.addresses(parameters.gradient(), model.layout().of(index));
        return direct
                ? new DirectConvolutionStep(shape, slices, tensors, values, gradient, math, index)
                : new ConvolutionStep(shape, slices, tensors, values, gradient, math, index);
    }

    private void bindScratch() {
        long most = 0;
        for (Step step : steps) {
            most = Math.max(most, step.scratchFloats());
        }
        for (int worker = 0; worker < slices.workers(); worker++) {
            nativeScratch.add(new NativeFloats(most + 1));
        }
        for (Step step : steps) {
            step.bind(nativeScratch.toArray(new NativeFloats[0]));
        }
    }

    // ---- running

    /** Number of samples of a batch of this plan. */
    int batch() {
        return slices.batch();
    }

    /** Calls {@code action} with the index and tile layer of every operator that the tile machine computes. */
    void forEachLayer(BiConsumer<Integer, TileLayer> action) {
        for (int index = 0; index < steps.length; index++) {
            if (steps[index] instanceof LayerStep step) {
                action.accept(index, step.tiles());
            }
        }
    }

    /**
     * Runs the network forward, and in training mode backward, which writes the gradient.
     *
     * @param batch images; in evaluation mode there may be fewer than the plan has room for
     */
    Score run(Batch batch) {
        model.workers().run(worker -> {
            for (Step step : steps) {
                step.prepare(worker);
            }
            copyImages(batch, worker);
            model.workers().meet();
            for (Step step : steps) {
                step.forward(worker);
            }
            loss.run(worker, batch.labels(), batch.count());
            if (training) {
                for (int index = steps.length - 1; index >= 0; index--) {
                    steps[index].backward(worker);
                }
                model.workers().meet();
                for (Step step : steps) {
                    step.finish(worker);
                }
            }
        });
        return loss.score();
    }

    private void copyImages(Batch batch, int worker) {
        int from = images.from(slices, worker);
        int count = Math.min(
                        from + images.count(slices, worker),
                        batch.count() * images.shape().size())
                - from;
        if (count > 0) {
            images.floats().buffer().put(from, batch.pixels(), from, count);
        }
    }

    /** The logits [count, classes] of the first {@code count} samples of the last run. */
    float[] logits(int count) {
        return contents(logits, count);
    }

    /** The memory [B, H, W, C] of an operator's output after the last run of a training plan. */
    float[] output(int operator) {
        return contents(outputs[operator], slices.batch());
    }

    private static float[] contents(Tensor tensor, int samples) {
        float[] values = new float[samples * tensor.shape().size()];
        tensor.floats().buffer().get(0, values);
        return values;
    }

    /** Names of the implementations that oneDNN chose, one text per convolution or dense layer that oneDNN computes. */
    List<String> implementations() {
        List<String> names = new ArrayList<>();
        for (int index = 0; index < steps.length; index++) {
            if (steps[index] instanceof ConvolutionStep convolution) {
                names.add(model.network().operators().get(index) + ": " + convolution.implementations());
            }
        }
        return names;
    }

    @Override
    public void close() {
        for (Step step : steps) {
            step.close();
        }
        nativeScratch.forEach(NativeFloats::close);
        for (PassBackend backend : backends) {
            backend.close();
        }
        pool.close();
    }
}
