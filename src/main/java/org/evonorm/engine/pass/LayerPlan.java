package org.evonorm.engine.pass;

import java.util.BitSet;
import java.util.stream.Stream;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.program.LayerLowering;
import org.evonorm.program.Program;

/** A layer's program with its schedules, free of sizes: one serves all places of a network. */
public record LayerPlan(Program program, Schedule forward, Schedule backward) {

    /** The planes, one value a sample and channel, that the backward schedule takes up; others serve within a schedule. */
    public BitSet keptPlanes() {
        BitSet kept = forward.planes(program);
        kept.and(backward.planes(program));
        return kept;
    }

    /** All passes of both schedules. */
    public Stream<TilePass> passes() {
        return Stream.of(forward, backward).flatMap(Schedule::passes);
    }

    /** For training: the backward schedule takes up the small values that the forward one left. */
    public static LayerPlan training(CanonicalLayer layer) {
        Program program = LayerLowering.training(layer);
        return new LayerPlan(program, Schedule.forward(program), Schedule.backward(program));
    }

    /** For training with kinks frozen, see {@link LayerLowering#frozen}. */
    public static LayerPlan frozen(CanonicalLayer layer) {
        Program program = LayerLowering.frozen(layer);
        return new LayerPlan(program, Schedule.forward(program), Schedule.backward(program));
    }

    /** For evaluation, with running statistics in place of batch aggregates; the backward schedule is empty. */
    public static LayerPlan evaluation(CanonicalLayer layer) {
        Program program = LayerLowering.evaluation(layer);
        return new LayerPlan(program, Schedule.forward(program), Schedule.backward(program));
    }
}
