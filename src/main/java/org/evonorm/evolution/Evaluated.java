package org.evonorm.evolution;

import java.io.Serializable;

/**
 * A candidate with the fitness from its trainings in every network; the window's members and parents are such pairs.
 */
public record Evaluated(Candidate candidate, Fitness fitness) implements Serializable {}
