package org.evonorm.rejection;

import java.io.Serializable;

/**
 * Settings of the signal filter (docs/design.md, "Signal filter").
 *
 * @param batchSize   images of the batch
 * @param gradient    norm of the last convolution's gradient, as a multiple of the norm of its weights, above which a
 *                    layer is rejected
 * @param features    deviation of pooled features between images under which a layer is rejected
 * @param variation   variance between images at the last place, as a share of the mean square, under which a layer is
 *                    rejected
 * @param exemptShare share of the rejected layers that passes nevertheless, so that a run shows what the filter loses
 */
public record SignalSettings(int batchSize, double gradient, double features, double variation, double exemptShare)
        implements Serializable {

    public SignalSettings {
        require(batchSize >= 2, "the signal filter needs a batch of at least 2 images, not " + batchSize);
        require(gradient > 0, "the signal filter's limit of the gradient must be above 0, not " + gradient);
        require(features >= 0, "the signal filter's deviation of features must be 0 or more, not " + features);
        require(
                variation >= 0 && variation <= 1,
                "the signal filter's variation must be a share from 0 to 1, not " + variation);
        require(
                exemptShare >= 0 && exemptShare <= 1,
                "the signal filter's exempt share must be from 0 to 1, not " + exemptShare);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
