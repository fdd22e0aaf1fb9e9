package org.evonorm.export.layer;

import java.util.Locale;

/** The conventions about eps and groups that an exported layer follows (docs/exports.md, "Conventions"). */
public enum Convention {
    /** The definition of the primitives in docs/design.md: eps in roots and in divisors, groups by the layer's rule. */
    EVONORM,
    /** The published code of the paper: eps in roots alone, 32 groups, lowered until they divide the channels. */
    PAPER;

    /** The name of the convention on the command line. */
    public String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }
}
