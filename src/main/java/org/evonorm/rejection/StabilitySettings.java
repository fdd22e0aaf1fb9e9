package org.evonorm.rejection;

import java.io.Serializable;

/**
 * Settings of the stability filter: the course of its gradient ascent and the norm to stay under (paper, section 3.3).
 *
 * @param steps     steps of gradient ascent in each network
 * @param stepSize  length of a step, as a share of the norm of the initial weights
 * @param batchSize images of the batch that the loss is taken on
 * @param limit     norm of the gradient above which a layer is rejected
 */
public record StabilitySettings(int steps, double stepSize, int batchSize, double limit) implements Serializable {

    public StabilitySettings {
        require(steps >= 0, "the stability filter needs 0 or more steps, not " + steps);
        require(
                stepSize > 0 && Double.isFinite(stepSize),
                "the stability filter's step size must be a number above 0, not " + stepSize);
        require(batchSize >= 1, "the stability filter needs a batch of at least 1 image, not " + batchSize);
        require(limit > 0, "the stability filter's limit must be above 0, not " + limit);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
