package org.evonorm.engine.cpu.step;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nhwc;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_backward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_max;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_workspace_md;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.onednn.NativePrimitive;
import org.evonorm.engine.cpu.onednn.OneDnn;
import org.evonorm.engine.cpu.onednn.Weights;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;

/**
 * The step of a max-pool, computed by oneDNN. oneDNN stores the positions of the maxima in a workspace, which the
 * backward pass reads. With frozen branches, oneDNN pools the input at the point of linearisation, so that the
 * workspace has its positions, and {@link FrozenMaxPool} then replaces the output by the values of the present input at
 * these positions.
 */
public final class MaxPoolStep implements Step {

    private final Slices slices;
    private final Optional<FrozenMaxPool> frozen;
    private final Optional<Derivative> inputDerivative;
    private final TensorMath[] math;
    private final NativePrimitive[] forward;
    private final NativePrimitive[] backward;
    private final List<NativeFloats> workspaces = new ArrayList<>();
    private final List<dnnl_memory_desc> descriptors = new ArrayList<>();

    /**
     * The step of one max-pool.
     *
     * @param input            [B, H, W, C]
     * @param frozenInput      the input at the point whose branches are taken; absent without frozen branches
     * @param output           [B, H', W', C]
     * @param outputDerivative absent in evaluation
     * @param inputDerivative  absent in evaluation
     */
    public MaxPoolStep(
            Operator.MaxPool pool,
            Slices slices,
            Tensor input,
            Optional<Tensor> frozenInput,
            Tensor output,
            Optional<Tensor> outputDerivative,
            Optional<Derivative> inputDerivative,
            TensorMath[] math) {
        this.slices = slices;
        this.frozen = frozenInput.map(tensor -> new FrozenMaxPool(pool, tensor, input, output));
        this.inputDerivative = inputDerivative;
        this.math = math;
        this.forward = new NativePrimitive[slices.workers()];
        this.backward = new NativePrimitive[slices.workers()];
        for (int worker = 0; worker < forward.length; worker++) {
            if (slices.count(worker) == 0) {
                continue;
            }
            dnnl_memory_desc from = activations(slices.count(worker), input.shape());
            dnnl_memory_desc to = activations(slices.count(worker), output.shape());
            forward[worker] = forward(pool, from, to, outputDerivative.isPresent())
                    .bind(DNNL_ARG_SRC, from, frozenInput.orElse(input).slice(slices, worker))
                    .bind(DNNL_ARG_DST, to, output.slice(slices, worker));
            if (outputDerivative.isPresent()) {
                backward[worker] = backward(pool, from, to, forward[worker].descriptor());
                dnnl_memory_desc workspace = forward[worker].memoryDescriptor(dnnl_query_workspace_md);
                NativeFloats memory = new NativeFloats(Weights.floatCount(workspace) + 1);
                workspaces.add(memory);
                forward[worker].bind(DNNL_ARG_WORKSPACE, workspace, memory.at(0));
                backward[worker]
                        .bind(DNNL_ARG_WORKSPACE, workspace, memory.at(0))
                        .bind(DNNL_ARG_DIFF_DST, to, outputDerivative.get().slice(slices, worker))
                        .bind(
                                DNNL_ARG_DIFF_SRC,
                                from,
                                inputDerivative.orElseThrow().overwriteTarget().slice(slices, worker));
            }
        }
    }

    private dnnl_memory_desc activations(int samples, Shape shape) {
        dnnl_memory_desc descriptor =
                OneDnn.memoryDescriptor(dnnl_nhwc, samples, shape.channels(), shape.height(), shape.width());
        descriptors.add(descriptor);
        return descriptor;
    }

    private static NativePrimitive forward(
            Operator.MaxPool pool, dnnl_memory_desc from, dnnl_memory_desc to, boolean training) {
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_pooling_forward_primitive_desc_create(
                        descriptor,
                        OneDnn.engine(),
                        training ? dnnl_forward_training : dnnl_forward_inference,
                        dnnl_pooling_max,
                        from,
                        to,
                        both(pool.stride()),
                        both(pool.kernel()),
                        both(0),
                        padding(pool),
                        padding(pool),
                        OneDnn.attributes()),
                "describing a max-pool");
        return new NativePrimitive(descriptor);
    }

    private static NativePrimitive backward(
            Operator.MaxPool pool, dnnl_memory_desc from, dnnl_memory_desc to, dnnl_primitive_desc hint) {
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_pooling_backward_primitive_desc_create(
                        descriptor,
                        OneDnn.engine(),
                        dnnl_pooling_max,
                        from,
                        to,
                        both(pool.stride()),
                        both(pool.kernel()),
                        both(0),
                        padding(pool),
                        padding(pool),
                        hint,
                        OneDnn.attributes()),
                "describing a max-pool's gradient");
        return new NativePrimitive(descriptor);
    }

    private static long[] both(int size) {
        return new long[] {size, size};
    }

    private static long[] padding(Operator.MaxPool pool) {
        return both((pool.kernel() - 1) / 2);
    }

    @Override
    public long scratchFloats() {
        long most = 0;
        for (int worker = 0; worker < forward.length; worker++) {
            most = forward[worker] == null ? most : Math.max(most, forward[worker].scratchFloats());
            most = backward[worker] == null ? most : Math.max(most, backward[worker].scratchFloats());
        }
        return most;
    }

    @Override
    public void bind(NativeFloats[] scratch) {
        for (int worker = 0; worker < forward.length; worker++) {
            if (forward[worker] != null) {
                forward[worker].bindScratch(scratch[worker]);
            }
            if (backward[worker] != null) {
                backward[worker].bindScratch(scratch[worker]);
            }
        }
    }

    @Override
    public void forward(int worker) {
        if (forward[worker] != null) {
            forward[worker].execute();
            frozen.ifPresent(pool -> pool.run(slices, worker));
        }
    }

    @Override
    public void backward(int worker) {
        if (backward[worker] != null) {
            Derivative derivative = inputDerivative.orElseThrow();
            derivative.begin(slices, worker, math[worker]);
            backward[worker].execute();
            derivative.end(slices, worker, math[worker]);
        }
    }

    @Override
    public void close() {
        for (int worker = 0; worker < forward.length; worker++) {
            if (forward[worker] != null) {
                forward[worker].close();
            }
            if (backward[worker] != null) {
                backward[worker].close();
            }
        }
        workspaces.forEach(NativeFloats::close);
        descriptors.forEach(NativePrimitive::free);
    }
}
