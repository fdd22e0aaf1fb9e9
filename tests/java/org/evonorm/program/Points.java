package org.evonorm.program;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.TensorShape;
import org.evonorm.program.LoweredLayer.Point;

/** Inputs for layers. */
final class Points {

    /** Zeros of both signs and equal sizes, so that ties abound; sums and products of a few are exact in float64. */
    private static final double[] HOSTILE = {0, -0.0, 1, 1, -1, 0.5, -0.5, 2, -2};

    private Points() {}

    static Point gaussian(TensorShape shape, SplittableRandom random) {
        int channels = shape.channels();
        return new Point(
                gaussians(shape.size(), random),
                new ChannelVectors(
                        gaussians(channels, random),
                        gaussians(channels, random),
                        gaussians(channels, random),
                        gaussians(channels, random)));
    }

    static Point hostile(TensorShape shape, SplittableRandom random) {
        int channels = shape.channels();
        return new Point(
                hostile(shape.size(), random),
                new ChannelVectors(
                        hostile(channels, random),
                        hostile(channels, random),
                        hostile(channels, random),
                        hostile(channels, random)));
    }

    /** The point with vectors of the shapes that a layer has. */
    static Point fit(Point point, Layer layer) {
        return new Point(point.x(), layer.vectors().fit(point.vectors()));
    }

    static double[] gaussians(int count, SplittableRandom random) {
        double[] values = new double[count];
        Arrays.setAll(values, i -> random.nextGaussian());
        return values;
    }

    static double[] hostile(int count, SplittableRandom random) {
        double[] values = new double[count];
        Arrays.setAll(values, i -> HOSTILE[random.nextInt(HOSTILE.length)]);
        return values;
    }

    /** The point a step away, in all values at once. */
    static Point moved(Point point, Point direction, double step) {
        ChannelVectors vectors = point.vectors();
        ChannelVectors by = direction.vectors();
        return new Point(
                moved(point.x(), direction.x(), step),
                new ChannelVectors(
                        moved(vectors.v0(), by.v0(), step), moved(vectors.v1(), by.v1(), step),
                        moved(vectors.gamma(), by.gamma(), step), moved(vectors.beta(), by.beta(), step)));
    }

    private static double[] moved(double[] values, double[] direction, double step) {
        double[] moved = new double[values.length];
        Arrays.setAll(moved, i -> values[i] + step * direction[i]);
        return moved;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
