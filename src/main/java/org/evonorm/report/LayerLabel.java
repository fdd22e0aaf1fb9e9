package org.evonorm.report;

import java.util.Locale;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.Formula;

/** What layers and their accuracies are called. */
final class LayerLabel {

    private static final int SHORT = 30;

    private LayerLabel() {}

    /** A baseline's or seed's name, else the formula. */
    static String name(Evaluated layer) {
        Origin origin = layer.candidate().origin();
        if (origin instanceof Origin.Baseline baseline) {
            return baseline.name();
        }
        return origin instanceof Origin.Seed seed
                ? seed.name()
                : Formula.print(layer.candidate().layer());
    }

    /** The name, cut where it would not fit into a legend. */
    static String brief(Evaluated layer) {
        String name = name(layer);
        return name.length() <= SHORT ? name : name.substring(0, SHORT - 1) + "…";
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}
