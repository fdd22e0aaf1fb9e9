package org.evonorm.rejection;

import java.io.Serializable;
import org.evonorm.evolution.CandidateStatus;

/**
 * The result of the signal filter.
 *
 * @param status passed or rejected
 * @param test   measured quantities
 */
public record SignalResult(CandidateStatus status, SignalTest.Taken test) implements Serializable {}
