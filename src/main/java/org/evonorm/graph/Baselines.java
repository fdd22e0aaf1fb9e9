package org.evonorm.graph;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The layers with a name, with which candidates are compared: the baselines and the EvoNorms (paper, sections 1 and 5
 * and table 3; docs/design.md, "Baselines").
 */
public final class Baselines {

    private record Entry(String name, Layer layer) {

        Entry(String name, String formula) {
            this(name, Formula.parse(formula));
        }
    }

    // Baselines with normalization carry their own scale and shift, so no affine follows; the others have the affine.
    private static final List<Entry> ALL = List.of(
            new Entry("identity", "x | no affine"),
            new Entry("BN-ReLU", relu("bwh")),
            new Entry("BN-Swish", swish("bwh")),
            new Entry("GN-ReLU", relu("whcg")),
            new Entry("GN-Swish", swish("whcg")),
            new Entry("LN-ReLU", relu("whc")),
            new Entry("IN-ReLU", relu("wh")),
            new Entry("BN", normalized("bwh") + " | no affine"),
            // Over the channels of a pixel or token, as the layers of these names in PyTorch: Ba et al. 2016, arXiv
            // 1607.06450, and Zhang and Sennrich 2019, arXiv 1910.07467. LN-ReLU is over the whole sample.
            new Entry("LayerNorm", normalized("c") + " | no affine"),
            new Entry("RMSNorm", "v1 * x / rms_c(x) | no affine"),
            new Entry("FRN-TLU", "max(v1 * x / rms_wh(x), v0) | no affine"),
            // Zhu et al. 2025, arXiv 2503.10622, and Chen et al. 2025, arXiv 2512.10938, with the starts of their code.
            new Entry("DyT", "v1 = layer(0.5); tanh(v1 * x)"),
            new Entry("Derf", "v0 = layer(0); v1 = layer(0.5); erf(v1 * x + v0)"),
            new Entry("EvoNorm-B0", "x / max(std_bwh(x), v1 * x + std_wh(x))"),
            new Entry("EvoNorm-B1", "x / max(std_bwh(x), (x + 1) * rms_wh(x))"),
            new Entry("EvoNorm-B2", "x / max(std_bwh(x), rms_wh(x) - x)"),
            new Entry("EvoNorm-S0", "x * sigmoid(v1 * x) / std_whcg(x)"),
            new Entry("EvoNorm-S1", "x * sigmoid(x) / std_whcg(x)"),
            new Entry("EvoNorm-S2", "x * sigmoid(x) / rms_whcg(x)"));

    private static final Map<String, Layer> BY_LOWER_CASE_NAME = new TreeMap<>();

    static {
        ALL.forEach(entry -> BY_LOWER_CASE_NAME.put(entry.name().toLowerCase(Locale.ROOT), entry.layer()));
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
        return ALL.stream().map(Entry::name).toList();
    }

    /** The layer with this name in any case, or empty if no layer has the name. */
    public static Optional<Layer> find(String name) {
        return Optional.ofNullable(BY_LOWER_CASE_NAME.get(name.strip().toLowerCase(Locale.ROOT)));
    }

    /**
     * The layer with this name in any case.
     *
     * @throws IllegalArgumentException if no layer has the name; the message lists the names
     */
    public static Layer get(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no layer named '" + name + "'; known are " + String.join(", ", names())));
    }
}
