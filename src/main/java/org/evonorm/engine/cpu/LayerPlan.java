package org.evonorm.engine.cpu;

import java.util.BitSet;
import java.util.stream.Stream;
import org.evonorm.graph.Layer;
import org.evonorm.program.LayerProgramme;
import org.evonorm.program.Programme;

/** A layer's programme with its schedules, free of sizes: one serves all places of a network. */
record LayerPlan(Programme programme, Schedule forward, Schedule backward) {

    /** The planes, one value a sample and channel, that the backward schedule takes up; others serve within a schedule. */
    BitSet keptPlanes() {
        BitSet kept = forward.planes(programme);
        kept.and(backward.planes(programme));
        return kept;
    }

    /** All passes of both schedules. */
    Stream<TilePass> passes() {
        return Stream.of(forward, backward).flatMap(Schedule::passes);
    }

    /** For training: the backward schedule takes up the small values that the forward one left. */
    static LayerPlan training(Layer canonical) {
        Programme programme = LayerProgramme.training(canonical);
        return new LayerPlan(programme, Schedule.forward(programme), Schedule.backward(programme));
    }

    /** For training with kinks held, see {@link LayerProgramme#holding}. */
    static LayerPlan holding(Layer canonical) {
        Programme programme = LayerProgramme.holding(canonical);
        return new LayerPlan(programme, Schedule.forward(programme), Schedule.backward(programme));
    }

    /** For evaluation, with moving averages in place of batch aggregates; the backward schedule is empty. */
    static LayerPlan evaluation(Layer canonical) {
        Programme programme = LayerProgramme.evaluation(canonical);
        return new LayerPlan(programme, Schedule.forward(programme), Schedule.backward(programme));
    }
}
