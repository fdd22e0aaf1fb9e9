package org.evonorm.graph;

/** How people refer to a layer on the command line and in settings: by its name or by its formula. */
public final class LayerName {

    private LayerName() {}

    /**
     * The layer that {@code nameOrFormula} refers to; the case of a name does not matter.
     *
     * @throws IllegalArgumentException if it is neither; the message tells the error of the formula and the known names
     */
    public static Layer parse(String nameOrFormula) {
        return KnownLayers.find(nameOrFormula).orElseGet(() -> parseFormula(nameOrFormula));
    }

    private static Layer parseFormula(String text) {
        try {
            return Formula.parse(text);
        } catch (FormulaException e) {
            throw new IllegalArgumentException("'" + text + "' is neither a known layer ("
                    + String.join(", ", KnownLayers.names()) + ") nor a formula: " + e.getMessage(), e);
        }
    }
}
