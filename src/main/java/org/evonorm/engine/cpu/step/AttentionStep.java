package org.evonorm.engine.cpu.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.onednn.AttentionPrimitives;
import org.evonorm.engine.cpu.onednn.AttentionShape;

/**
 * The step of multi-head attention, from queries, keys and values [B, H, W, 3C] to [B, H, W, C]. In training the
 * probabilities of all heads are kept from the forward to the backward pass.
 */
public final class AttentionStep implements Step {

    /**
     * The backward pass of a worker.
     *
     * @param probabilities of the forward pass
     */
    private record Backward(AttentionPrimitives attention, NativeFloats probabilities, SoftmaxDerivative softmax) {

        /** Runs the pass; the first floats of the scratch memory hold the derivative of the probabilities, then of the scores. */
        void run(NativeFloats scratch) {
            attention.backwardToProbabilities();
            softmax.overwrite(scratch, probabilities);
            attention.backwardFromScores();
        }
    }

    private final Slices slices;
    private final Optional<Derivative> inputDerivative;
    private final TensorMath[] math;
    /** By worker; absent for workers without samples. */
    private final List<Optional<AttentionPrimitives>> primitives = new ArrayList<>();

    /** By worker; absent in evaluation, and for workers without samples. */
    private final List<Optional<Backward>> backward = new ArrayList<>();

    /** By worker; empty until {@link #bind}. */
    private NativeFloats[] scratch = {};

    /**
     * Creates the primitives of all workers.
     *
     * @param outputDerivative absent in evaluation
     * @param inputDerivative  absent in evaluation and where the input is the images
     * @param math             by worker
     */
    public AttentionStep(
            int heads,
            Slices slices,
            Tensor input,
            Tensor output,
            Optional<Tensor> outputDerivative,
            Optional<Derivative> inputDerivative,
            TensorMath[] math) {
        this.slices = slices;
        this.inputDerivative = inputDerivative;
        this.math = math;
        AttentionShape shape = AttentionShape.of(input.shape(), heads);
        for (int worker = 0; worker < slices.workers(); worker++) {
            int samples = slices.count(worker);
            if (samples == 0) {
                primitives.add(Optional.empty());
                backward.add(Optional.empty());
                continue;
            }
            AttentionPrimitives attention = new AttentionPrimitives(shape, samples);
            primitives.add(Optional.of(attention));
            FloatPointer x = input.slice(slices, worker);
            FloatPointer y = output.slice(slices, worker);
            if (inputDerivative.isEmpty()) {
                backward.add(Optional.empty());
                attention.bindForward(x, Optional.empty(), y);
            } else {
                NativeFloats kept = new NativeFloats(samples * shape.probabilities());
                SoftmaxDerivative softmax =
                        new SoftmaxDerivative(samples * shape.heads() * shape.tokens(), shape.tokens());
                backward.add(Optional.of(new Backward(attention, kept, softmax)));
                attention.bindForward(x, Optional.of(kept.at(0)), y);
                attention.bindBackward(
                        x,
                        kept.at(0),
                        outputDerivative.orElseThrow().slice(slices, worker),
                        inputDerivative.get().overwriteTarget().slice(slices, worker));
            }
        }
    }

    @Override
    public long scratchFloats() {
        long most = 0;
        for (Optional<AttentionPrimitives> attention : primitives) {
            most = Math.max(
                    most, attention.map(AttentionPrimitives::scratchFloats).orElse(0L));
        }
        return most;
    }

    @Override
    public void bind(NativeFloats[] scratch) {
        this.scratch = scratch;
        for (int worker = 0; worker < primitives.size(); worker++) {
            NativeFloats own = scratch[worker];
            primitives.get(worker).ifPresent(attention -> attention.bindScratch(own));
        }
    }

    @Override
    public void forward(int worker) {
        primitives.get(worker).ifPresent(AttentionPrimitives::forward);
    }

    @Override
    public void backward(int worker) {
        inputDerivative.ifPresent(derivative -> {
            derivative.begin(slices, worker, math[worker]);
            backward.get(worker).ifPresent(pass -> pass.run(scratch[worker]));
            derivative.end(slices, worker, math[worker]);
        });
    }

    /** Names of the implementations that oneDNN chose for the first worker; {@code ref} in a name marks a slow one. */
    public List<String> implementations() {
        return primitives.get(0).map(AttentionPrimitives::implementations).orElse(List.of());
    }

    @Override
    public void close() {
        primitives.forEach(attention -> attention.ifPresent(AttentionPrimitives::close));
        backward.forEach(worker -> worker.ifPresent(pass -> pass.probabilities.close()));
    }
}
