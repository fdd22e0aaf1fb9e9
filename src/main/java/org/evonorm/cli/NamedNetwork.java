package org.evonorm.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.network.onnx.OnnxNetwork;
import org.evonorm.network.onnx.Places;
import org.evonorm.text.Quotation;

/**
 * A network given on the command line: the name of an anchor network, or an ONNX file, whose name ends in
 * {@code .onnx}.
 */
record NamedNetwork(String text) {

    private static final String ONNX = ".onnx";

    /** Whether the text names a file. */
    boolean isFile() {
        return text.toLowerCase(Locale.ROOT).endsWith(ONNX);
    }

    /** The name of the network, of a file without folder and extension. */
    String name() {
        if (!isFile()) {
            return text.toLowerCase(Locale.ROOT);
        }
        String file = Path.of(text).getFileName().toString();
        return file.substring(0, file.length() - ONNX.length());
    }

    /**
     * The network in a file.
     *
     * @param places which normalizations are places, see {@link Places#of}; without them those with an activation
     * @throws IllegalArgumentException if the file cannot be read, or holds no network with places
     */
    Network read(Optional<String> places, int classes) {
        return OnnxNetwork.read(Path.of(text), places.map(Places::of).orElse(Places.ACTIVATED))
                .network(name())
                .withClasses(classes);
    }

    /**
     * The anchor network at a scale.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    Network anchor(NetworkScale scale, int classes) {
        requireAnchor();
        return AnchorNetworks.of(text, scale, classes);
    }

    /** Refuses what looks like a file and is none, in words about files. */
    void requireAnchor() {
        if (text.matches(".*[./\\\\].*")) {
            throw new IllegalArgumentException("there is no network \"" + Quotation.shown(text) + "\"; a network's file"
                    + " is an ONNX model with a name that ends in " + ONNX + ", and the others are "
                    + String.join(", ", AnchorNetworks.names()));
        }
    }
}
