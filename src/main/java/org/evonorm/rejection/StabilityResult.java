package org.evonorm.rejection;

import java.io.Serializable;
import org.evonorm.evolution.CandidateStatus;

/** The status that the stability filter gives a candidate, and how far its test went. */
public record StabilityResult(CandidateStatus status, StabilityTest.Taken test) implements Serializable {}
