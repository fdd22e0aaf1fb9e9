package org.evonorm.settings;

import org.evonorm.graph.Layer;

/**
 * A layer that the population starts from: trained in generation 0 and then a member of the window.
 *
 * @param name the known layer's name as the project writes it, or a formula
 */
public record SeedLayer(String name, Layer layer) {

    /**
     * The seed that settings name.
     *
     * @throws IllegalArgumentException if the text is neither a known layer nor a formula
     */
    static SeedLayer named(String nameOrFormula) {
        Baseline named = Baseline.named(nameOrFormula);
        return new SeedLayer(named.name(), named.layer());
    }
}
