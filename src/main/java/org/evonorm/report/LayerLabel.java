package org.evonorm.report;

import java.util.Locale;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.Formula;
import org.evonorm.graph.simplification.Simplification;

/** The labels of layers and accuracies in page and plots. */
public final class LayerLabel {

    private static final int SHORT = 30;

    private LayerLabel() {}

    /** The name of a baseline or seed layer, or else the formula. */
    public static String name(Evaluated layer) {
        Origin origin = layer.candidate().origin();
        if (origin instanceof Origin.Baseline baseline) {
            return baseline.name();
        }
        return origin instanceof Origin.Seed seed
                ? seed.name()
                : Formula.print(Simplification.shown(layer.candidate().layer()));
    }

    /** The name, cut to the length that a legend has space for. */
    static String brief(Evaluated layer) {
        String name = name(layer);
        return name.length() <= SHORT ? name : name.substring(0, SHORT - 1) + "…";
    }

    /** A share from 0 to 1 in per cent. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}
