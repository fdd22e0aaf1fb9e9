package org.evonorm.settings;

import org.evonorm.graph.Layer;

/**
 * A seed layer: the population starts from it. It is trained in generation 0 and then a member of the window.
 *
 * @param name  the layer's name among the baselines, or a formula
 * @param layer the layer of this name or formula
 */
public record SeedLayer(String name, Layer layer) {

    /**
     * The seed layer that a setting names.
     *
     * @throws IllegalArgumentException if the text is neither a baseline's name nor a formula
     */
    static SeedLayer named(String nameOrFormula) {
        Baseline named = Baseline.named(nameOrFormula);
        return new SeedLayer(named.name(), named.layer());
    }
}
