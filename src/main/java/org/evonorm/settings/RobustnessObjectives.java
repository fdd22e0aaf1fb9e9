package org.evonorm.settings;

import java.util.List;
import java.util.Optional;
import org.evonorm.evolution.Objective;
import org.evonorm.training.Robustness;

/** The objectives whose values are accuracies under a condition of robustness. */
public final class RobustnessObjectives {

    private RobustnessObjectives() {}

    /** The condition that an objective scores; empty for the other objectives. */
    public static Optional<Robustness> condition(Objective objective) {
        return switch (objective) {
            case BATCH_4_ACCURACY -> Optional.of(Robustness.BATCH_4);
            case BFLOAT16_ACCURACY -> Optional.of(Robustness.BFLOAT16);
            case INT8_ACCURACY -> Optional.of(Robustness.INT8);
            case ACCURACY, PASSES, SAVED_BYTES, PARAMETERS, STEP_TIME -> Optional.empty();
        };
    }

    /** The conditions that these objectives score. */
    public static List<Robustness> conditions(List<Objective> objectives) {
        return objectives.stream()
                .flatMap(objective -> condition(objective).stream())
                .toList();
    }
}
