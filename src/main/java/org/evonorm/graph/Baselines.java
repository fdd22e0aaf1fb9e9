package org.evonorm.graph;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The layers with a name: the baselines and the EvoNorms (paper, sections 1 and 5 and table 3). */
public final class Baselines {

    private record Known(String name, Layer layer) {

        Known(String name, String formula) {
            this(name, Formula.parse(formula));
        }
    }

    // The baselines carry their own scale and shift, so no affine follows them.
    private static final List<Known> ALL = List.of(
            new Known("identity", "x | no affine"),
            new Known("BN-ReLU", relu("bwh")),
            new Known("BN-Swish", swish("bwh")),
            new Known("GN-ReLU", relu("whcg")),
            new Known("GN-Swish", swish("whcg")),
            new Known("LN-ReLU", relu("whc")),
            new Known("IN-ReLU", relu("wh")),
            new Known("FRN-TLU", "max(v1 * x / rms_wh(x), v0) | no affine"),
            new Known("EvoNorm-B0", "x / max(std_bwh(x), v1 * x + std_wh(x))"),
            new Known("EvoNorm-B1", "x / max(std_bwh(x), (x + 1) * rms_wh(x))"),
            new Known("EvoNorm-B2", "x / max(std_bwh(x), rms_wh(x) - x)"),
            new Known("EvoNorm-S0", "x * sigmoid(v1 * x) / std_whcg(x)"),
            new Known("EvoNorm-S1", "x * sigmoid(x) / std_whcg(x)"),
            new Known("EvoNorm-S2", "x * sigmoid(x) / rms_whcg(x)"));

    private static final Map<String, Layer> BY_LOWER_CASE_NAME = new TreeMap<>();

    static {
        ALL.forEach(known -> BY_LOWER_CASE_NAME.put(known.name().toLowerCase(Locale.ROOT), known.layer()));
    }

    private Baselines() {}

    private static String normalized(String indexSet) {
        return "v1 * (x - mean_" + indexSet + "(x)) / std_" + indexSet + "(x) + v0";
    }

    private static String relu(String indexSet) {
        return "max(" + normalized(indexSet) + ", 0) | no affine";
    }

    private static String swish(String indexSet) {
        return "z = " + normalized(indexSet) + "; z * sigmoid(z) | no affine";
    }

    /** All names, the identity first, then the baselines, then the EvoNorms. */
    public static List<String> names() {
        return ALL.stream().map(Known::name).toList();
    }

    /** The layer with this name in any case, if there is one. */
    public static Optional<Layer> find(String name) {
        return Optional.ofNullable(BY_LOWER_CASE_NAME.get(name.strip().toLowerCase(Locale.ROOT)));
    }

    /**
     * The layer with this name in any case.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Layer get(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no layer named '" + name + "'; known are " + String.join(", ", names())));
    }
}
