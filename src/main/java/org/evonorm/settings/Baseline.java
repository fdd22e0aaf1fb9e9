package org.evonorm.settings;

import java.util.Locale;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerName;

/**
 * A layer that candidates are compared with.
 *
 * @param name the known layer's name as the project writes it, or a formula
 */
public record Baseline(String name, Layer layer) {

    /**
     * The baseline that settings name.
     *
     * @throws IllegalArgumentException if the text is neither a known layer nor a formula
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
