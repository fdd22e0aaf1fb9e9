package org.evonorm.search;

import java.util.Locale;
import org.evonorm.graph.Formula;
import org.evonorm.graph.KnownLayers;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerName;

/**
 * A layer that candidates are compared with.
 *
 * @param name the known layer's name as the project writes it, or a formula
 */
public record Yardstick(String name, Layer layer) {

    /**
     * The yardstick that settings name.
     *
     * @throws IllegalArgumentException if the text is neither a known layer nor a formula
     */
    static Yardstick named(String nameOrFormula) {
        Layer layer = LayerName.parse(nameOrFormula);
        String wanted = nameOrFormula.strip().toLowerCase(Locale.ROOT);
        String name = KnownLayers.names().stream().filter(known -> known.toLowerCase(Locale.ROOT).equals(wanted))
                .findFirst().orElseGet(() -> Formula.print(layer));
        return new Yardstick(name, layer);
    }
}
