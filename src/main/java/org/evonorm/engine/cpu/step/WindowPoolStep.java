package org.evonorm.engine.cpu.step;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nhwc;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_exclude_padding;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_include_padding;
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
import org.evonorm.network.Padding;
import org.evonorm.network.Shape;
import org.evonorm.network.Window;

/**
 * The step of a max-pool or average pool, computed by oneDNN. For a max-pool oneDNN stores the positions of the maxima
 * in a workspace, which the backward pass reads. With frozen branches, oneDNN pools the input at the point of
 * linearisation, so that the workspace has its positions, and {@link FrozenMaxPool} then replaces the output by the
 * values of the present input at these positions.
 */
public final class WindowPoolStep implements Step {

    /**
     * The tensors of the step.
     *
     * @param input            [B, H, W, C]
     * @param frozenInput      the input at the point whose branches are taken; absent without frozen branches, and for
     *                         average pools, which have no branches
     * @param output           [B, H', W', C]
     * @param outputDerivative absent in evaluation
     * @param inputDerivative  absent in evaluation and where the input is the images
     */
    public record Tensors(
            Tensor input,
            Optional<Tensor> frozenInput,
            Tensor output,
            Optional<Tensor> outputDerivative,
            Optional<Derivative> inputDerivative) {}

    private static final long[] NO_DILATION = {0, 0};

    private final Geometry geometry;
    private final Slices slices;
    private final Optional<FrozenMaxPool> frozen;
    private final Optional<Derivative> inputDerivative;
    private final TensorMath[] math;
    private final NativePrimitive[] forward;
    private final NativePrimitive[] backward;
    private final List<NativeFloats> workspaces = new ArrayList<>();
    private final List<dnnl_memory_desc> descriptors = new ArrayList<>();

    /**
     * Creates and binds the primitives of all workers.
     *
     * @param math by worker
     */
    public WindowPoolStep(Operator.WindowPool pool, Slices slices, Tensors tensors, TensorMath[] math) {
        this.geometry = Geometry.of(pool, tensors.input().shape());
        this.slices = slices;
        this.frozen = tensors.frozenInput()
                .map(tensor -> new FrozenMaxPool(pool.window(), tensor, tensors.input(), tensors.output()));
        this.inputDerivative = tensors.inputDerivative();
        this.math = math;
        this.forward = new NativePrimitive[slices.workers()];
        this.backward = new NativePrimitive[slices.workers()];
        for (int worker = 0; worker < forward.length; worker++) {
            if (slices.count(worker) > 0) {
                bind(worker, tensors);
            }
        }
    }

    private void bind(int worker, Tensors tensors) {
        dnnl_memory_desc from =
                activations(slices.count(worker), tensors.input().shape());
        dnnl_memory_desc to = activations(slices.count(worker), tensors.output().shape());
        forward[worker] = forward(from, to, tensors.outputDerivative().isPresent())
                .bind(
                        DNNL_ARG_SRC,
                        from,
                        tensors.frozenInput().orElse(tensors.input()).slice(slices, worker))
                .bind(DNNL_ARG_DST, to, tensors.output().slice(slices, worker));
        if (tensors.outputDerivative().isEmpty() || tensors.inputDerivative().isEmpty()) {
            bindWorkspace(worker);
            return;
        }
        backward[worker] = backward(from, to, forward[worker].descriptor());
        bindWorkspace(worker);
        backward[worker]
                .bind(DNNL_ARG_DIFF_DST, to, tensors.outputDerivative().get().slice(slices, worker))
                .bind(
                        DNNL_ARG_DIFF_SRC,
                        from,
                        tensors.inputDerivative().get().overwriteTarget().slice(slices, worker));
    }

    /** Binds the positions of the maxima, which the forward pass writes in training and the backward pass reads. */
    private void bindWorkspace(int worker) {
        dnnl_memory_desc workspace = forward[worker].memoryDescriptor(dnnl_query_workspace_md);
        long floats = Weights.floatCount(workspace);
        if (floats == 0) {
            return;
        }
        NativeFloats memory = new NativeFloats(floats + 1);
        workspaces.add(memory);
        forward[worker].bind(DNNL_ARG_WORKSPACE, workspace, memory.at(0));
        if (backward[worker] != null) {
            backward[worker].bind(DNNL_ARG_WORKSPACE, workspace, memory.at(0));
        }
    }

    private dnnl_memory_desc activations(int samples, Shape shape) {
        dnnl_memory_desc descriptor =
                OneDnn.memoryDescriptor(dnnl_nhwc, samples, shape.channels(), shape.height(), shape.width());
        descriptors.add(descriptor);
        return descriptor;
    }

    /** The arguments of oneDNN that describe the windows. */
    private record Geometry(int algorithm, long[] strides, long[] kernel, long[] before, long[] behind) {

        static Geometry of(Operator.WindowPool pool, Shape input) {
            Window window = pool.window();
            Padding padding = window.reached(input.height(), input.width());
            return new Geometry(
                    algorithm(pool),
                    new long[] {window.stride(), window.stride()},
                    new long[] {window.kernel(), window.kernel()},
                    new long[] {padding.top(), padding.left()},
                    new long[] {padding.bottom(), padding.right()});
        }

        private static int algorithm(Operator.WindowPool pool) {
            if (pool instanceof Operator.AveragePool average) {
                return average.countsPadding() ? dnnl_pooling_avg_include_padding : dnnl_pooling_avg_exclude_padding;
            }
            return dnnl_pooling_max;
        }
    }

    private NativePrimitive forward(dnnl_memory_desc from, dnnl_memory_desc to, boolean training) {
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_pooling_forward_primitive_desc_create(
                        descriptor,
                        OneDnn.engine(),
                        training ? dnnl_forward_training : dnnl_forward_inference,
                        geometry.algorithm(),
                        from,
                        to,
                        geometry.strides(),
                        geometry.kernel(),
                        NO_DILATION,
                        geometry.before(),
                        geometry.behind(),
                        OneDnn.attributes()),
                "describing a pool");
        return new NativePrimitive(descriptor);
    }

    private NativePrimitive backward(dnnl_memory_desc from, dnnl_memory_desc to, dnnl_primitive_desc hint) {
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_pooling_backward_primitive_desc_create(
                        descriptor,
                        OneDnn.engine(),
                        geometry.algorithm(),
                        from,
                        to,
                        geometry.strides(),
                        geometry.kernel(),
                        NO_DILATION,
                        geometry.before(),
                        geometry.behind(),
                        hint,
                        OneDnn.attributes()),
                "describing a pool's gradient");
        return new NativePrimitive(descriptor);
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
