package org.evonorm.evolution;

import java.io.Serializable;

/** Where a candidate comes from. */
public sealed interface Origin extends Serializable {

    /** A new random graph. */
    record Random() implements Origin {}

    /** A tournament's winner, mutated; {@code parent} is the winner's id. */
    record Mutation(String parent) implements Origin {}

    /** A layer that the settings give to start the population from; {@code name} is a layer's name or formula. */
    record Seed(String name) implements Origin {}

    /** A known layer, trained for comparison, that no candidate descends from; {@code name} is its name or formula. */
    record Baseline(String name) implements Origin {}
}
