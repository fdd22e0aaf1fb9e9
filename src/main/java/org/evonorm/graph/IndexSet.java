package org.evonorm.graph;

import java.util.Locale;

/** The positions of a [B, H, W, C] tensor that one aggregate value is taken over (paper, table 1). */
public enum IndexSet {
    /** Batch, width and height: one value a channel. */
    BWH,
    /** Width, height and channels: one value a sample. */
    WHC,
    /** Width and height: one value a sample and channel. */
    WH,
    /** Width, height and the channels of one group: one value a sample and group. */
    WHCG;

    /** The name in formulas and in JSON, for example {@code bwh}. */
    public String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }
}
