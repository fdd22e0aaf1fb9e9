package org.evonorm.engine.cpu;

import java.util.List;
import org.evonorm.engine.cpu.tile.KernelBackend;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.TensorShape;

/**
 * Several runs of one layer on small tensors. The plans are made once, and kernels run the passes: they give the bits
 * of compiled passes, and LLVM takes seconds to compile a thousand nodes.
 */
public final class LayerRuns {

    private final CanonicalLayer layer;
    private final LayerPlan training;
    private final LayerPlan evaluation;

    /** Plans the runs of a layer. */
    public LayerRuns(Layer layer) {
        this.layer = CanonicalLayer.of(layer);
        training = LayerPlan.training(this.layer);
        evaluation = LayerPlan.evaluation(this.layer);
    }

    /** A run as {@link LayerRun#training(Layer, TensorShape, float[], ChannelVectors, float[], int)} on one worker. */
    public LayerRun training(TensorShape shape, float[] x, ChannelVectors vectors, float[] dy) {
        return LayerRun.training(layer, training, shape, x, x, vectors, dy, 1, KernelBackend::new);
    }

    /** A run as {@link LayerRun#evaluation(Layer, TensorShape, float[], ChannelVectors, List, int)} on one worker. */
    public LayerRun evaluation(TensorShape shape, float[] x, ChannelVectors vectors, List<float[]> runningStatistics) {
        return LayerRun.evaluation(evaluation, shape, x, vectors, runningStatistics, 1, KernelBackend::new);
    }
}
