package org.evonorm.evolution;

import java.io.Serializable;

/** A candidate that was trained in every network. */
public record Evaluated(Candidate candidate, Fitness fitness) implements Serializable {}
