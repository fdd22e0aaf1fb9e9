package org.evonorm.export.layer;

import java.util.Locale;
import java.util.stream.IntStream;
import org.evonorm.graph.LayerGraph;

/** The conventions about eps and groups that an exported module follows (docs/exports.md, "Conventions"). */
public enum Convention {
    /** The definition of the primitives in docs/design.md: eps in roots and in divisors, groups of 8 channels. */
    EVONORM,
    /** The published code of the paper: eps in roots alone, 32 groups, lowered until they divide the channels. */
    PAPER;

    private static final int MOST_GROUPS = 32;

    /** The name of the convention on the command line. */
    public String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The number of groups of a layer of this many channels. */
    public int groups(int channels) {
        return switch (this) {
            case EVONORM -> channels / LayerGraph.groupSize(channels);
            case PAPER ->
                IntStream.rangeClosed(1, Math.min(MOST_GROUPS, channels))
                        .filter(groups -> channels % groups == 0)
                        .max()
                        .orElseThrow();
        };
    }
}
