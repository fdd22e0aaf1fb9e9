package org.evonorm.graph;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;

/** The shapes and start values of v0 and v1 of a layer (docs/design.md, "Initial nodes"). */
public record TrainableVectors(TrainableVector v0, TrainableVector v1) implements Serializable {

    /** The paper's: one value per channel each; v0 starts at 0, v1 at 1. */
    public static final TrainableVectors PAPER = new TrainableVectors(
            new TrainableVector(TrainableVector.Per.CHANNEL, 0), new TrainableVector(TrainableVector.Per.CHANNEL, 1));

    /** The vector of an initial node, {@link LayerGraph#V0} or {@link LayerGraph#V1}. */
    public TrainableVector of(int node) {
        return switch (node) {
            case LayerGraph.V0 -> v0;
            case LayerGraph.V1 -> v1;
            default -> throw new IllegalArgumentException("node " + node + " is no trainable vector");
        };
    }

    /** These vectors where {@code graph} reaches them, and {@code others} where it does not. */
    TrainableVectors whereReached(LayerGraph graph, TrainableVectors others) {
        BitSet reachable = CanonicalForm.reachable(graph);
        return new TrainableVectors(
                reachable.get(LayerGraph.V0) ? v0 : others.v0, reachable.get(LayerGraph.V1) ? v1 : others.v1);
    }

    /**
     * Values for these vectors out of values for every channel: one value per layer is the first channel's.
     *
     * @param all vectors of [C] each
     */
    public ChannelVectors fit(ChannelVectors all) {
        int channels = all.gamma().length;
        return new ChannelVectors(
                Arrays.copyOf(all.v0(), v0.size(channels)),
                Arrays.copyOf(all.v1(), v1.size(channels)),
                all.gamma(),
                all.beta());
    }

    /** The values from which training starts. */
    public ChannelVectors initial(int channels) {
        ChannelVectors paper = ChannelVectors.initial(channels);
        return new ChannelVectors(filled(v0, channels), filled(v1, channels), paper.gamma(), paper.beta());
    }

    private static double[] filled(TrainableVector vector, int channels) {
        double[] values = new double[vector.size(channels)];
        Arrays.fill(values, vector.start());
        return values;
    }
}
