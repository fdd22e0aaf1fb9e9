package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.evonorm.data.Batch;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.engine.PlaceLayers;
import org.evonorm.engine.Rounding;
import org.evonorm.engine.Score;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.memory.TensorPool;
import org.evonorm.engine.cpu.memory.Workers;
import org.evonorm.engine.cpu.step.AttentionStep;
import org.evonorm.engine.cpu.step.ConvolutionStep;
import org.evonorm.engine.cpu.step.CrossEntropy;
import org.evonorm.engine.cpu.step.LayerStep;
import org.evonorm.engine.cpu.step.Step;
import org.evonorm.engine.cpu.step.TensorMath;
import org.evonorm.engine.cpu.tile.PassBackend;
import org.evonorm.engine.cpu.tile.TileLayer;
import org.evonorm.engine.pass.LayerPlans;
import org.evonorm.network.Network;
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

    private final Slices slices;
    private final TensorPool pool;
    private final PlanTensors tensors;
    /** Steps by operator. */
    private final Step[] steps;

    private final PassBackend[] backends;
    private final List<NativeFloats> nativeScratch = new ArrayList<>();
    private final CrossEntropy loss;

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
        Shape image = tensors.images().shape();
        return new NetworkPlan(model, slices.batch(), image.height(), image.width(), true, Optional.of(tensors));
    }

    /** A plan; the tensors of another plan decide on its branches, if they are present. */
    private NetworkPlan(Model model, int batch, int height, int width, boolean training, Optional<PlanTensors> frozen) {
        this.model = model;
        this.training = training;
        this.slices = new Slices(batch, model.workers().count());
        this.pool = new TensorPool(batch);
        this.tensors = new PlanTensors(model.network(), model.layers(), pool, height, width, training);
        this.backends = new PassBackend[slices.workers()];
        TensorMath[] math = new TensorMath[slices.workers()];
        for (int worker = 0; worker < slices.workers(); worker++) {
            backends[worker] = PassBackend.create();
            math[worker] = new TensorMath();
        }
        this.steps = new Step[model.network().operators().size()];
        int last = steps.length - 1;
        Tensor logits = tensors.of(last);
        Optional<DerivativePlan> derivatives =
                training ? Optional.of(new DerivativePlan(pool, steps.length)) : Optional.empty();
        this.loss = new CrossEntropy(slices, logits, derivatives.map(plan -> plan.start(last, logits.shape())));
        StepFactory factory = new StepFactory(model, slices, tensors, frozen, derivatives, math, backends);
        for (int index = last; index >= 0; index--) {
            steps[index] = factory.step(index);
            int planned = index;
            derivatives.ifPresent(plan -> plan.release(planned));
        }
        bindScratch();
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
        return run(batch, training, Optional.empty());
    }

    /** Runs the network forward alone. */
    Score runForward(Batch batch) {
        return run(batch, false, Optional.empty());
    }

    /** Runs the network forward, and rounds the output of every operator but the last. */
    Score runForward(Batch batch, Rounding rounding) {
        return run(batch, false, Optional.of(rounding));
    }

    private Score run(Batch batch, boolean andBackward, Optional<Rounding> rounding) {
        model.workers().run(worker -> {
            for (Step step : steps) {
                step.prepare(worker);
            }
            copyImages(batch, worker);
            model.workers().meet();
            for (int index = 0; index < steps.length; index++) {
                steps[index].forward(worker);
                if (rounding.isPresent() && index < steps.length - 1 && !tensors.isPassedThrough(index)) {
                    round(tensors.of(index), rounding.get(), worker, batch.count());
                }
            }
            loss.run(worker, batch.labels(), batch.count());
            if (andBackward) {
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
        Tensor images = tensors.images();
        int from = images.from(slices, worker);
        int count = Math.min(
                        from + images.count(slices, worker),
                        batch.count() * images.shape().size())
                - from;
        if (count > 0) {
            images.floats().buffer().put(from, batch.pixels(), from, count);
        }
    }

    /** Rounds the images of a worker's slice, one by one. */
    private void round(Tensor tensor, Rounding rounding, int worker, int count) {
        float[] values = new float[tensor.shape().size()];
        int first = slices.first(worker);
        for (int image = first; image < Math.min(first + slices.count(worker), count); image++) {
            tensor.floats().buffer().get(image * values.length, values);
            rounding.activations(values, 0, values.length);
            tensor.floats().buffer().put(image * values.length, values);
        }
    }

    /** The logits [count, classes] of the first {@code count} samples of the last run. */
    float[] logits(int count) {
        return contents(tensors.of(steps.length - 1), count);
    }

    /** The memory [B, H, W, C] of an operator's output after the last run of a training plan. */
    float[] output(int operator) {
        return contents(tensors.of(operator), slices.batch());
    }

    private static float[] contents(Tensor tensor, int samples) {
        float[] values = new float[samples * tensor.shape().size()];
        tensor.floats().buffer().get(0, values);
        return values;
    }

    /**
     * Names of the implementations that oneDNN chose, one text per convolution, dense layer or attention that oneDNN
     * computes.
     */
    List<String> implementations() {
        List<String> names = new ArrayList<>();
        for (int index = 0; index < steps.length; index++) {
            if (steps[index] instanceof ConvolutionStep convolution) {
                names.add(model.network().operators().get(index) + ": " + convolution.implementations());
            } else if (steps[index] instanceof AttentionStep attention) {
                names.add(model.network().operators().get(index) + ": " + attention.implementations());
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
