package org.evonorm.training;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * A stretch of a training, from its beginning or a hurdle to a later hurdle. Trainings that may be stopped go on
 * stretch by stretch, each from the state that the one before left (docs/design.md, "Hurdles"). The learning curve has
 * a point at every hurdle.
 *
 * @param hurdles steps of all hurdles of the training, rising; the last one is the number of the training's steps.
 *                Empty for a training in one go
 * @param from    steps done before the stretch: 0 or a hurdle
 * @param to      steps done after the stretch: a hurdle above {@code from}, or all steps
 */
public record TrainingStretch(List<Integer> hurdles, int from, int to) implements Serializable {

    public TrainingStretch {
        hurdles = List.copyOf(hurdles);
        boolean begins = from == 0 || hurdles.contains(from);
        if (!begins || to <= from || !(hurdles.isEmpty() || hurdles.contains(to))) {
            throw new IllegalArgumentException(
                    "no stretch goes from step " + from + " to step " + to + " with the hurdles " + hurdles);
        }
    }

    /** A whole training of {@code steps} steps without hurdles. */
    public static TrainingStretch whole(int steps) {
        return new TrainingStretch(List.of(), 0, steps);
    }

    /** The stretch that ends at the hurdle number {@code hurdle}, from 0. */
    public static TrainingStretch before(List<Integer> hurdles, int hurdle) {
        return new TrainingStretch(hurdles, hurdle == 0 ? 0 : hurdles.get(hurdle - 1), hurdles.get(hurdle));
    }

    /** The stretch that ends where this one begins; empty for the first one. */
    public Optional<TrainingStretch> previous() {
        return from == 0 ? Optional.empty() : Optional.of(before(hurdles, hurdles.indexOf(from)));
    }

    /** The hurdles that a training has reached after this stretch and those before it. */
    public List<Integer> reached() {
        return hurdles.stream().filter(hurdle -> hurdle <= to).toList();
    }

    /** The stretch from the beginning of this one to the end of {@code next}. */
    public TrainingStretch and(TrainingStretch next) {
        return new TrainingStretch(hurdles, from, next.to);
    }

    /** Number of steps. */
    public int steps() {
        return to - from;
    }
}
