package org.evonorm.evolution;

import java.io.Serializable;

/**
 * The value of a layer in one objective. The constructor throws IllegalArgumentException for a value that is no number.
 *
 * @param value in the unit of the objective; infinite for the time of a training without a step
 */
public record ObjectiveValue(Objective objective, double value) implements Serializable {

    public ObjectiveValue {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("the value of " + objective.text() + " is not a number");
        }
    }

    /** The order of two values of one objective: above 0 if this is the better one. */
    public int compare(ObjectiveValue other) {
        if (objective != other.objective) {
            throw new IllegalArgumentException(
                    "values of " + objective.text() + " and " + other.objective.text() + " do not compare");
        }
        return objective.compare(value, other.value);
    }

    /** The value as text, as in {@code passes 5}. */
    public String text() {
        return objective.text() + " " + objective.text(value) + (objective == Objective.STEP_TIME ? " ms" : "");
    }
}
