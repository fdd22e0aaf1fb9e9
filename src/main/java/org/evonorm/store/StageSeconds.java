package org.evonorm.store;

import java.io.Serializable;

/**
 * Seconds that a candidate took per stage; 0 for a stage that it did not reach.
 *
 * @param staticFilter    seconds of the static filter
 * @param stabilityFilter seconds of the stability filter
 * @param qualityFilter   seconds of the quality filter
 * @param training        seconds of all trainings, summed over the networks
 */
public record StageSeconds(double staticFilter, double stabilityFilter, double qualityFilter, double training)
        implements Serializable {}
