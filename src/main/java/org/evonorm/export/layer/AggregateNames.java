package org.evonorm.export.layer;

import org.evonorm.graph.Aggregate;

/** The names of aggregates in exported code, by the normalization that takes them. */
public final class AggregateNames {

    private AggregateNames() {}

    /** The beginning of the name of an aggregate's value, for example {@code batch_}. */
    public static String prefix(Aggregate aggregate) {
        return switch (aggregate.over()) {
            case BWH -> "batch_";
            case WHC -> "layer_";
            case WH -> "instance_";
            case WHCG -> "group_";
            case C -> "pixel_";
        };
    }
}
