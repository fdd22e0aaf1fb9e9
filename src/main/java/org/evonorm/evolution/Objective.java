package org.evonorm.evolution;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An objective of a search: an axis of the vectors that Pareto selection compares (docs/design.md, "Objectives").
 * Accuracy is an axis per network; any other objective is one axis, with one value per layer.
 */
public enum Objective {

    /** The share of the validation images that are classified correctly. */
    ACCURACY(Direction.MAXIMIZED, false),
    /** Passes over the activations per training step, forward and backward together. */
    PASSES(Direction.MINIMIZED, true),
    /** Bytes per image that the layer, in all places of all networks, keeps from the forward to the backward pass. */
    SAVED_BYTES(Direction.MINIMIZED, true),
    /** Trainable values of the layer in all places of all networks. */
    PARAMETERS(Direction.MINIMIZED, true),
    /** Milliseconds per training step, as the trainings took, in the mean over the networks; they do not repeat. */
    STEP_TIME(Direction.MINIMIZED, false),
    /** The accuracy with batch aggregates of four images, in the mean over the networks. */
    BATCH_4_ACCURACY(Direction.MAXIMIZED, false),
    /** The accuracy with weights and activations in bfloat16, in the mean over the networks. */
    BFLOAT16_ACCURACY(Direction.MAXIMIZED, false),
    /** The accuracy with weights and activations in integers of eight bits, in the mean over the networks. */
    INT8_ACCURACY(Direction.MAXIMIZED, false);

    private enum Direction {
        MAXIMIZED,
        MINIMIZED
    }

    private final Direction direction;
    private final boolean ofLayer;

    Objective(Direction direction, boolean ofLayer) {
        this.direction = direction;
        this.ofLayer = ofLayer;
    }

    /** The name in settings and tables, for example {@code saved-bytes}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The objective with this name, in any case; empty if there is none. */
    public static Optional<Objective> named(String text) {
        return Arrays.stream(values())
                .filter(objective -> objective.text().equals(text.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** The names of all objectives. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Objective::text).toList();
    }

    /** Whether the layer and the settings alone give the value, so that it needs no training. */
    public boolean isOfLayer() {
        return ofLayer;
    }

    /** The order of two values: above 0 if {@code value} is the better one. */
    public int compare(double value, double other) {
        return direction == Direction.MAXIMIZED ? Double.compare(value, other) : Double.compare(other, value);
    }

    /** A value as text: a share in per cent, a time to the tenth, a number without decimals. */
    public String text(double value) {
        return switch (this) {
            case ACCURACY, BATCH_4_ACCURACY, BFLOAT16_ACCURACY, INT8_ACCURACY ->
                String.format(Locale.ROOT, "%.1f%%", 100 * value);
            case STEP_TIME -> String.format(Locale.ROOT, "%.1f", value);
            case PASSES, SAVED_BYTES, PARAMETERS -> String.format(Locale.ROOT, "%.0f", value);
        };
    }

    /** The value of a fitness as text; the empty string if its search did not ask for this objective. */
    public String text(Fitness fitness) {
        OptionalDouble value = fitness.in(this);
        return value.isPresent() ? text(value.getAsDouble()) : "";
    }

    /** Whether values are shares from 0 to 1. */
    public boolean isShare() {
        return direction == Direction.MAXIMIZED;
    }

    /** The name for headings, with the unit where the name does not tell it. */
    public String heading() {
        return this == STEP_TIME ? "step-time, ms" : text();
    }
}
