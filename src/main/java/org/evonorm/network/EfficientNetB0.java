package org.evonorm.network;

/**
 * EfficientNet-B0 (Tan and Le, 2019, table 1), one of the anchor networks. Swish stays in the squeeze-and-excitations,
 * whatever layer fills the places.
 */
final class EfficientNetB0 {

    private static final InvertedResiduals[] STAGES = {
        new InvertedResiduals(1, 16, 1, 3, false),
        new InvertedResiduals(6, 24, 2, 3, true),
        new InvertedResiduals(6, 40, 2, 5, true),
        new InvertedResiduals(6, 80, 3, 3, true),
        new InvertedResiduals(6, 112, 3, 5, false),
        new InvertedResiduals(6, 192, 4, 5, true),
        new InvertedResiduals(6, 320, 1, 3, false),
    };
    /** Published width of the last 1×1 convolution. */
    private static final int HEAD = 1280;

    private EfficientNetB0() {}

    static Network build(String name, NetworkScale scale, int classes) {
        return InvertedResiduals.network(
                name, STAGES, InvertedResiduals.Gate.SQUEEZE_AND_EXCITATION, scale.channels(HEAD), scale, classes);
    }
}
