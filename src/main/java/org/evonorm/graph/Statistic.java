package org.evonorm.graph;

import java.util.Locale;

/** What an aggregate takes of the values in its index set. */
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
