package org.evonorm.training;

import java.util.List;
import java.util.function.Predicate;

/**
 * The conditions of robustness under which a training is scored at its end.
 *
 * @param conditions without repetitions
 * @param worthwhile whether the scores are wanted of a training that ended so; without them it counts as 0
 */
public record RobustnessScoring(List<Robustness> conditions, Predicate<TrainingResult> worthwhile) {

    /** No scores. */
    public static final RobustnessScoring NONE = new RobustnessScoring(List.of(), result -> false);

    public RobustnessScoring {
        conditions = List.copyOf(conditions);
    }

    /** The scores of all trainings that did not diverge. */
    public static RobustnessScoring of(List<Robustness> conditions) {
        return new RobustnessScoring(conditions, result -> true);
    }

    /** The same conditions, where this holds of the result. */
    public RobustnessScoring where(Predicate<TrainingResult> holds) {
        return new RobustnessScoring(conditions, holds);
    }
}
