package org.evonorm.rejection;

import java.io.Serializable;

/**
 * Settings of the quality filter: the length of its trainings and the accuracy to reach (paper, section 3.3).
 *
 * @param steps     optimizer steps in each network
 * @param threshold lowest validation accuracy that passes, in each network, 0 to 1
 */
public record QualitySettings(int steps, double threshold) implements Serializable {

    public QualitySettings {
        if (steps < 1) {
            throw new IllegalArgumentException("the quality filter needs at least 1 step, not " + steps);
        }
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException(
                    "the quality filter's threshold is an accuracy from 0 to 1, not " + threshold);
        }
    }
}
