package org.evonorm.graph;

import java.util.Locale;

/** The statistic that an aggregate computes over its index set; eps is {@link LayerGraph#EPSILON}. */
public enum Statistic {
    /** mean(a) */
    MEAN,
    /** sqrt(mean(a²) + eps) */
    RMS,
    /** sqrt(mean((a − mean a)²) + eps) */
    STD;

    /** The name in JSON, for example {@code std}. */
    public String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }
}
