package org.evonorm.store;

import java.io.Serializable;

/**
 * Seconds that a candidate took in each stage; 0 where it did not get there.
 *
 * @param training summed over the networks
 */
public record StageSeconds(double staticFilter, double stabilityFilter, double qualityFilter, double training)
        implements Serializable {}
