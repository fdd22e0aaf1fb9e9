package org.evonorm.rejection;

import java.io.Serializable;

/**
 * How hard a layer is pressed for large gradients, and how large they may get (paper, section 3.3).
 *
 * @param steps     steps of gradient ascent in each network
 * @param stepSize  how far a step moves the weights, as a share of the norm of the initial weights
 * @param batchSize images of the one batch that the loss is taken on
 * @param limit     the gradient's norm above which a layer is thrown out
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
