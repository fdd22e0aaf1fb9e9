package org.evonorm.rejection;

import java.io.Serializable;
import org.evonorm.evolution.CandidateStatus;

/**
 * The result of the stability filter.
 *
 * @param status passed or rejected
 * @param test   test in the network that rejected the layer, or else the one with the highest norm
 */
public record StabilityResult(CandidateStatus status, StabilityTest.Taken test) implements Serializable {}
