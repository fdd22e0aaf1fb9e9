package org.evonorm.evolution;

/** The search strategy, by which new layers are proposed. */
public enum Strategy {
    /** Mutants of tournament winners, mixed with new random graphs (paper, section 4). */
    EVOLUTION,
    /** Random search: new random graphs alone, with which the paper compares. */
    RANDOM
}
