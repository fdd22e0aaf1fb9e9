package org.evonorm.graph;

import java.util.Arrays;

/** The positions of a tensor divided into the segments that each value of an aggregate is taken over. */
final class ReductionGroups {

    private final int[] segmentOf;
    private final int count;
    private final double length;

    ReductionGroups(TensorShape shape, IndexSet indexSet) {
        int channels = shape.channels();
        int groupSize = LayerGraph.groupSize(channels);
        int pixels = shape.height() * shape.width();
        segmentOf = new int[shape.size()];
        for (int i = 0; i < segmentOf.length; i++) {
            int channel = i % channels;
            int sample = i / (pixels * channels);
            segmentOf[i] = switch (indexSet) {
                case BWH -> channel;
                case WHC -> sample;
                case WH -> sample * channels + channel;
                case WHCG -> sample * (channels / groupSize) + channel / groupSize;
            };
        }
        count = segmentOf[segmentOf.length - 1] + 1;
        length = (double) segmentOf.length / count;
    }

    int count() {
        return count;
    }

    /** The mean over each segment. */
    void mean(double[] values, double[] means) {
        Arrays.fill(means, 0, count, 0);
        for (int i = 0; i < segmentOf.length; i++) {
            means[segmentOf[i]] += values[i];
        }
        divideByLength(means);
    }

    /** The mean square over each segment. */
    void meanSquare(double[] values, double[] meanSquares) {
        Arrays.fill(meanSquares, 0, count, 0);
        for (int i = 0; i < segmentOf.length; i++) {
            meanSquares[segmentOf[i]] += values[i] * values[i];
        }
        divideByLength(meanSquares);
    }

    /** The biased variance over each segment, by a second pass around the means. */
    void variance(double[] values, double[] means, double[] variances) {
        Arrays.fill(variances, 0, count, 0);
        for (int i = 0; i < segmentOf.length; i++) {
            double deviation = values[i] - means[segmentOf[i]];
            variances[segmentOf[i]] += deviation * deviation;
        }
        divideByLength(variances);
    }

    private void divideByLength(double[] sums) {
        for (int segment = 0; segment < count; segment++) {
            sums[segment] /= length;
        }
    }

    /** Gives every position its segment's value. */
    void broadcast(double[] bySegment, double[] out) {
        for (int i = 0; i < segmentOf.length; i++) {
            out[i] = bySegment[segmentOf[i]];
        }
    }

    /** out[i] += bySegment · (values[i] − centres), all of the position's segment. */
    void addScaled(double[] bySegment, double[] values, double[] centres, double[] out) {
        for (int i = 0; i < segmentOf.length; i++) {
            int segment = segmentOf[i];
            out[i] += bySegment[segment] * (values[i] - centres[segment]);
        }
    }

    /** out[i] += bySegment of the position's segment. */
    void add(double[] bySegment, double[] out) {
        for (int i = 0; i < segmentOf.length; i++) {
            out[i] += bySegment[segmentOf[i]];
        }
    }
}
