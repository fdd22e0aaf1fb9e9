package org.evonorm.engine.pass;

import java.util.BitSet;
import java.util.stream.Stream;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.program.LayerLowering;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * The program of a layer with its forward and its backward schedule. A plan knows no sizes, so that one plan serves all
 * places of a network.
 */
public record LayerPlan(Program program, Schedule forward, Schedule backward) {

    /**
     * The sample-channel values [B, C] that the backward schedule reads from the forward schedule, by instruction. All
     * other sample-channel values are used within one schedule, so that their memory can be shared.
     */
    public BitSet keptSampleChannels() {
        BitSet kept = forward.sampleChannelValues(program);
        kept.and(backward.sampleChannelValues(program));
        return kept;
    }

    /** The passes of both schedules, in order. */
    public Stream<TilePass> passes() {
        return Stream.of(forward, backward).flatMap(Schedule::passes);
    }

    /** Number of passes of a training step over the activations, forward and backward. */
    public int passCount() {
        return (int) passes().count();
    }

    /** Whether the backward schedule reads the layer's input, so that it is kept from the forward pass. */
    public boolean keepsInput() {
        return backward.passes().anyMatch(pass -> pass.loads().stream().anyMatch(load -> load.tensor() == Operation.X));
    }

    /**
     * Bytes per image that a training step keeps for the backward pass: the input, where the gradient depends on it, and
     * sample-channel values. Values that a batch has once are left out.
     *
     * @param area     number of pixels of the input
     * @param channels number of channels of the input
     */
    public long savedBytes(int area, int channels) {
        long ofInput = keepsInput() ? area : 0;
        return Float.BYTES * (ofInput + keptSampleChannels().cardinality()) * channels;
    }

    /** The plan for training: the backward schedule reads the small values that the forward schedule stored. */
    public static LayerPlan training(CanonicalLayer layer) {
        Program program = LayerLowering.training(layer);
        return new LayerPlan(program, Schedule.forward(program), Schedule.backward(program));
    }

    /** The plan for training with frozen branches, see {@link LayerLowering#frozen}. */
    public static LayerPlan frozen(CanonicalLayer layer) {
        Program program = LayerLowering.frozen(layer);
        return new LayerPlan(program, Schedule.forward(program), Schedule.backward(program));
    }

    /** The plan for evaluation: running statistics in place of batch aggregates, and an empty backward schedule. */
    public static LayerPlan evaluation(CanonicalLayer layer) {
        Program program = LayerLowering.evaluation(layer);
        return new LayerPlan(program, Schedule.forward(program), Schedule.backward(program));
    }
}
