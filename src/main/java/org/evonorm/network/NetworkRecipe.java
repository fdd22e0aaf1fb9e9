package org.evonorm.network;

import java.io.Serializable;

/** The recipe of a network, by which every machine builds the same one for the classes of the images at hand. */
public sealed interface NetworkRecipe extends Serializable {

    /**
     * Builds the network.
     *
     * @param classes number of logits, at least 2
     */
    Network build(int classes);

    /**
     * An anchor network.
     *
     * @param name  name of the anchor network
     * @param scale scale relative to its publication
     */
    record Anchor(String name, NetworkScale scale) implements NetworkRecipe {

        @Override
        public Network build(int classes) {
            return AnchorNetworks.of(name, scale, classes);
        }
    }

    /**
     * A network that was read from a file; the recipe holds it whole, so that no other machine needs the file.
     *
     * @param network the network, for any number of classes
     * @param sha256  checksum of the file, in hexadecimal digits
     * @param places  choice of the places, in the words of the settings
     */
    record FromFile(Network network, String sha256, String places) implements NetworkRecipe {

        @Override
        public Network build(int classes) {
            return network.withClasses(classes);
        }
    }
}
