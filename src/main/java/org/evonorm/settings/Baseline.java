package org.evonorm.settings;

import java.util.Locale;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerName;

/**
 * A baseline: a layer that candidates are compared with.
 *
 * @param name  the baseline's name as in {@link Baselines#names}, or a formula
 * @param layer the layer of this name or formula
 */
public record Baseline(String name, Layer layer) {

    /**
     * The baseline that a setting names.
     *
     * @throws IllegalArgumentException if the text is neither a baseline's name nor a formula
     */
    static Baseline named(String nameOrFormula) {
        Layer layer = LayerName.parse(nameOrFormula);
        String wanted = nameOrFormula.strip().toLowerCase(Locale.ROOT);
        String name = Baselines.names().stream()
                .filter(known -> known.toLowerCase(Locale.ROOT).equals(wanted))
                .findFirst()
                .orElseGet(() -> Formula.print(layer));
        return new Baseline(name, layer);
    }
}
