package org.evonorm.export;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.engine.cpu.LayerRun;
import org.evonorm.engine.cpu.LayerRuns;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.onnx.OnnxParameters;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.TensorShape;

/** Parameters for tests of ONNX models. */
final class OnnxModels {

    private OnnxModels() {}

    /** Random trainable vectors, and the statistics of a random batch as running statistics. */
    static OnnxParameters trained(ExportedLayer exported, int channels, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Layer layer = exported.layer();
        ChannelVectors vectors = layer.vectors()
                .fit(new ChannelVectors(
                        CheckValues.gaussians(random, channels, 0.5, 0),
                        CheckValues.gaussians(random, channels, 0.5, 1),
                        CheckValues.gaussians(random, channels, 0.5, 1),
                        CheckValues.gaussians(random, channels, 0.5, 0)));
        TensorShape shape = new TensorShape(4, 3, 3, channels);
        float[] x = CheckValues.floats(CheckValues.input(random, shape, 0.25, false, vectors));
        LayerRun run = new LayerRuns(layer).training(shape, x, vectors, new float[x.length]);
        List<float[]> statistics = new ArrayList<>(run.statistics());
        return OnnxParameters.of(exported, vectors, statistics);
    }
}
