package org.evonorm.graph;

import java.util.Arrays;

/**
 * The reduction groups of an index set: a partition of the positions of a tensor, one group per value of an aggregate.
 * {@link ReferenceEvaluation} reduces over groups, so that it has one loop for all index sets.
 *
 * <p>Tensors are in the order of {@link TensorShape}; arrays of one value per group may be longer than the number of
 * groups.
 */
final class ReductionGroups {

    private final int[] groupOf;
    private final int count;
    private final double groupLength;

    ReductionGroups(TensorShape shape, IndexSet indexSet, GroupRule groups) {
        int channels = shape.channels();
        int channelsPerGroup = groups.size(channels);
        int pixels = shape.height() * shape.width();
        groupOf = new int[shape.size()];
        for (int i = 0; i < groupOf.length; i++) {
            int channel = i % channels;
            int sample = i / (pixels * channels);
            groupOf[i] = switch (indexSet) {
                case BWH -> channel;
                case WHC -> sample;
                case WH -> sample * channels + channel;
                case WHCG -> sample * (channels / channelsPerGroup) + channel / channelsPerGroup;
                case C -> i / channels;
            };
        }
        count = groupOf[groupOf.length - 1] + 1;
        groupLength = (double) groupOf.length / count;
    }

    /** The number of reduction groups. */
    int count() {
        return count;
    }

    /** The mean over each group. */
    void mean(double[] values, double[] means) {
        Arrays.fill(means, 0, count, 0);
        for (int i = 0; i < groupOf.length; i++) {
            means[groupOf[i]] += values[i];
        }
        divideByGroupLength(means);
    }

    /** The mean square over each group. */
    void meanSquare(double[] values, double[] meanSquares) {
        Arrays.fill(meanSquares, 0, count, 0);
        for (int i = 0; i < groupOf.length; i++) {
            meanSquares[groupOf[i]] += values[i] * values[i];
        }
        divideByGroupLength(meanSquares);
    }

    /** The biased variance over each group, by a second pass around the means. */
    void variance(double[] values, double[] means, double[] variances) {
        Arrays.fill(variances, 0, count, 0);
        for (int i = 0; i < groupOf.length; i++) {
            double deviation = values[i] - means[groupOf[i]];
            variances[groupOf[i]] += deviation * deviation;
        }
        divideByGroupLength(variances);
    }

    private void divideByGroupLength(double[] sums) {
        for (int group = 0; group < count; group++) {
            sums[group] /= groupLength;
        }
    }

    /** out[i] = perGroup[group of i] */
    void broadcast(double[] perGroup, double[] out) {
        for (int i = 0; i < groupOf.length; i++) {
            out[i] = perGroup[groupOf[i]];
        }
    }

    /** out[i] += perGroup[group of i] · (values[i] − centres[group of i]) */
    void addScaled(double[] perGroup, double[] values, double[] centres, double[] out) {
        for (int i = 0; i < groupOf.length; i++) {
            int group = groupOf[i];
            out[i] += perGroup[group] * (values[i] - centres[group]);
        }
    }

    /** out[i] += perGroup[group of i] */
    void add(double[] perGroup, double[] out) {
        for (int i = 0; i < groupOf.length; i++) {
            out[i] += perGroup[groupOf[i]];
        }
    }
}
