package org.evonorm.network.onnx;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.evonorm.network.onnx.graph.OnnxException;
import org.evonorm.text.ListText;

/**
 * The choice of the places of a network from a file, among its normalizations. A normalization without activation that
 * is not chosen is a linear place; one with activation that is not chosen is a linear place and the activation.
 *
 * @param kind  which normalizations are places
 * @param names the chosen ones, for {@link Kind#NAMED}
 */
public record Places(Kind kind, List<String> names) implements Serializable {

    /** The normalizations that are places. */
    public enum Kind {
        /** All. */
        ALL,
        /** Those that an activation follows, as in the anchor networks. */
        ACTIVATED,
        /** Those of some names. */
        NAMED
    }

    /** All normalizations with an activation. */
    public static final Places ACTIVATED = new Places(Kind.ACTIVATED, List.of());
    /** All normalizations. */
    public static final Places ALL = new Places(Kind.ALL, List.of());

    public Places {
        names = List.copyOf(names);
    }

    /**
     * The choice in the words of options and settings: {@code all} or {@code activated}, in any case, or names between
     * commas.
     *
     * @throws OnnxException for no name
     */
    public static Places of(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "all" -> ALL;
            case "activated" -> ACTIVATED;
            default -> {
                List<String> names = ListText.items(text);
                if (names.isEmpty()) {
                    throw new OnnxException(
                            "places names no normalization; take activated, all, or names between commas");
                }
                yield named(names);
            }
        };
    }

    /** The normalizations of these names. */
    public static Places named(List<String> names) {
        return new Places(Kind.NAMED, names);
    }

    boolean chooses(String name, boolean activated) {
        return switch (kind) {
            case ALL -> true;
            case ACTIVATED -> activated;
            case NAMED -> names.contains(name);
        };
    }
}
