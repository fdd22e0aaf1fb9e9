package org.evonorm.export;

import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.TensorShape;

/** Random values for check files: multiples of a step, so that float32 and short texts represent them exactly. */
final class CheckValues {

    private static final double STEP = 1.0 / 128;
    /** Share of the values that are at an edge of some primitive. */
    private static final double SHARE_AT_EDGES = 0.125;

    private CheckValues() {}

    /** Normally distributed values. */
    static double[] gaussians(SplittableRandom random, int count, double deviation, double mean) {
        return DoubleStream.generate(() -> STEP * Math.rint((mean + deviation * random.nextGaussian()) / STEP))
                .limit(count)
                .toArray();
    }

    /** The values, some of them replaced by values at the edge of a primitive. */
    static double[] mixed(double[] values, SplittableRandom random, IntToDoubleFunction edge) {
        for (int i = 0; i < values.length; i++) {
            if (random.nextDouble() < SHARE_AT_EDGES) {
                values[i] = edge.applyAsDouble(i);
            }
        }
        return values;
    }

    /** An input of a layer, [B, H, W, C]; at edges, some values are zero or tie with a trainable vector. */
    static double[] input(
            SplittableRandom random, TensorShape shape, double mean, boolean hasEdges, ChannelVectors vectors) {
        double[] values = gaussians(random, shape.size(), 1.5, mean);
        return !hasEdges
                ? values
                : mixed(values, random, i -> switch (random.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> -0.0;
                    case 2 -> vectors.v0()[i % vectors.v0().length];
                    default -> vectors.v1()[i % vectors.v1().length];
                });
    }

    static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
