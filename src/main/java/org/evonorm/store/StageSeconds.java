package org.evonorm.store;

import java.io.Serializable;

/**
 * Seconds that a candidate took per stage; 0 for a stage that it did not reach.
 *
 * @param staticFilter    seconds of the static filter
 * @param signalFilter    seconds of the signal filter
 * @param stabilityFilter seconds of the stability filter
 * @param qualityFilter   seconds of the quality filter
 * @param training        seconds of all trainings, summed over the networks
 */
public record StageSeconds(
        double staticFilter, double signalFilter, double stabilityFilter, double qualityFilter, double training)
        implements Serializable {

    /** The seconds of a candidate that reached no stage yet. */
    public static StageSeconds none() {
        return new StageSeconds(0, 0, 0, 0, 0);
    }

    public StageSeconds withStaticFilter(double seconds) {
        return new StageSeconds(seconds, signalFilter, stabilityFilter, qualityFilter, training);
    }

    public StageSeconds withSignalFilter(double seconds) {
        return new StageSeconds(staticFilter, seconds, stabilityFilter, qualityFilter, training);
    }

    public StageSeconds withStabilityFilter(double seconds) {
        return new StageSeconds(staticFilter, signalFilter, seconds, qualityFilter, training);
    }

    public StageSeconds withQualityFilter(double seconds) {
        return new StageSeconds(staticFilter, signalFilter, stabilityFilter, seconds, training);
    }

    public StageSeconds withTraining(double seconds) {
        return new StageSeconds(staticFilter, signalFilter, stabilityFilter, qualityFilter, seconds);
    }
}
