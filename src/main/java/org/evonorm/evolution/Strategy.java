package org.evonorm.evolution;

/** How offspring come about. */
public enum Strategy {
    /** Tournament winners mutated, mixed with new random graphs (paper). */
    EVOLUTION,
    /** New random graphs alone: random search, the paper's comparison. */
    RANDOM
}
