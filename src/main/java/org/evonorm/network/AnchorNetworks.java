package org.evonorm.network;

import java.util.List;
import java.util.Locale;
import org.evonorm.graph.NearestName;

/**
 * The anchor networks by name, in any case: the image classifiers in which candidates are trained (paper, section 4;
 * docs/design.md, "Anchor networks").
 */
public final class AnchorNetworks {

    private interface Architecture {
        Network build(String name, NetworkScale scale, int classes);
    }

    private record Anchor(String name, double proxyWidth, Architecture architecture) {}

    private static final List<Anchor> ANCHORS = List.of(
            new Anchor("resnet50", 0.25, PreActivationResNet50::build),
            new Anchor("mobilenetv2", 0.5, MobileNetV2::build),
            new Anchor("efficientnetb0", 0.5, EfficientNetB0::build),
            new Anchor("convnext", 0.25, ConvNeXt::build),
            new Anchor("vit", 0.5, VisionTransformer::build));

    private static final List<String> OF_PAPER = List.of("resnet50", "mobilenetv2", "efficientnetb0");

    private AnchorNetworks() {}

    /** The anchor networks of the paper: {@code resnet50}, {@code mobilenetv2} and {@code efficientnetb0}. */
    public static List<String> ofPaper() {
        return OF_PAPER;
    }

    /** All anchor networks: those of the paper, {@code convnext} and {@code vit}. */
    public static List<String> names() {
        return ANCHORS.stream().map(Anchor::name).toList();
    }

    /**
     * The anchor network of this name at this scale.
     *
     * @param classes number of logits, at least 2
     * @throws IllegalArgumentException if no network has this name (the message lists the names), or for fewer than 2
     *     classes
     */
    public static Network of(String name, NetworkScale scale, int classes) {
        Anchor anchor = named(name);
        Network.requireClasses(anchor.name, classes);
        return anchor.architecture.build(anchor.name, scale, classes);
    }

    /**
     * The scale of the proxy task for the network of this name, where the paper has it the paper's: CIFAR strides and a
     * reduced width.
     *
     * @throws IllegalArgumentException if no network has this name
     */
    public static NetworkScale proxyScale(String name) {
        return NetworkScale.cifar(named(name).proxyWidth);
    }

    private static Anchor named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return ANCHORS.stream()
                .filter(anchor -> anchor.name.equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no network \"" + name + "\""
                        + NearestName.of(name, names())
                                .map(near -> "; did you mean " + near + "? The")
                                .orElse("; the")
                        + " networks are " + String.join(", ", names())));
    }
}
