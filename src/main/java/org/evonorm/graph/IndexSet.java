package org.evonorm.graph;

import java.util.Locale;

/**
 * The index set of an aggregate: the dimensions of [B, H, W, C] over which one value is aggregated (paper, table 1).
 * The index set decides which samples, pixels, channels or groups of channels share a statistic.
 */
public enum IndexSet {
    /** Batch, width and height: one value per channel. */
    BWH,
    /** Width, height and channels: one value per sample. */
    WHC,
    /** Width and height: one value per sample and channel. */
    WH,
    /** Width, height and the channels of a group: one value per sample and group. */
    WHCG,
    /**
     * Channels alone: one value per sample and pixel, as LayerNorm and RMSNorm take them at the tokens of a transformer;
     * not in the paper, whose index sets all include width and height.
     */
    C;

    /** Whether the index set is in the paper's, from which a search draws unless its settings say otherwise. */
    public boolean isInPaper() {
        return this != C;
    }

    /** The name in formulas and in JSON, for example {@code bwh}. */
    public String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }
}
