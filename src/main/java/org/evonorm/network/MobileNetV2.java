package org.evonorm.network;

/** MobileNetV2 (Sandler et al., 2018, table 2), one of the anchor networks. */
final class MobileNetV2 {

    private static final InvertedResiduals[] STAGES = {
        new InvertedResiduals(1, 16, 1, 3, false),
        new InvertedResiduals(6, 24, 2, 3, true),
        new InvertedResiduals(6, 32, 3, 3, true),
        new InvertedResiduals(6, 64, 4, 3, true),
        new InvertedResiduals(6, 96, 3, 3, false),
        new InvertedResiduals(6, 160, 3, 3, true),
        new InvertedResiduals(6, 320, 1, 3, false),
    };
    /** Published width of the last 1×1 convolution. */
    private static final int HEAD = 1280;

    private MobileNetV2() {}

    static Network build(String name, NetworkScale scale, int classes) {
        // Width multipliers below 1 leave the last convolution as published, as in the MobileNetV2 paper.
        int head = Math.max(HEAD, scale.channels(HEAD));
        return InvertedResiduals.network(name, STAGES, InvertedResiduals.Gate.NONE, head, scale, classes);
    }
}
