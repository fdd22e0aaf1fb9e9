package org.evonorm.evolution;

import java.io.Serializable;

/** The origin of a candidate, which the table of candidates records. */
public sealed interface Origin extends Serializable {

    /** A new random graph. */
    record Random() implements Origin {}

    /** A mutant of a tournament's winner; {@code parent} is the id of the winner. */
    record Mutation(String parent) implements Origin {}

    /**
     * A child of two winners of tournaments.
     *
     * @param parent       id of the winner that the graft came into, whose output the child has
     * @param secondParent id of the winner that the graft came from
     */
    record Crossover(String parent, String secondParent) implements Origin {}

    /** A seed layer of the settings, one of the first parents; {@code name} is a baseline's name or a formula. */
    record Seed(String name) implements Origin {}

    /** A baseline, trained for comparison and never a parent; {@code name} is its name or formula. */
    record Baseline(String name) implements Origin {}
}
