package org.evonorm.graph;

import java.util.Optional;

/** How people refer to a layer on the command line and in settings: by its name or by its formula. */
public final class LayerName {

    /** Most characters of a refused text that its refusal repeats. */
    private static final int MOST_REPEATED = 80;

    private LayerName() {}

    /**
     * The layer that {@code nameOrFormula} refers to; the case of a name does not matter.
     *
     * @throws IllegalArgumentException if it is neither; the message names the known layer that was probably meant, or
     *     tells the error of the formula
     */
    public static Layer parse(String nameOrFormula) {
        return Baselines.find(nameOrFormula).orElseGet(() -> parseFormula(nameOrFormula));
    }

    private static Layer parseFormula(String text) {
        try {
            return Formula.parse(text);
        } catch (FormulaException e) {
            throw refusal(text, e);
        }
    }

    private static IllegalArgumentException refusal(String text, FormulaException e) {
        String shown = "'" + shortened(text) + "'";
        String known = String.join(", ", Baselines.names());
        Optional<String> meant = NearestName.of(text, Baselines.names());
        if (meant.isPresent()) {
            // Where it would go wrong as a formula does not matter then.
            return new IllegalArgumentException(
                    "there is no layer " + shown + "; did you mean " + meant.get() + "? Known are " + known);
        }
        boolean isOneWord = text.strip().matches("[\\p{L}\\p{N}_.-]*");
        return new IllegalArgumentException(
                shown
                        + (isOneWord
                                ? " is neither a known layer (" + known + ") nor a formula: "
                                : " is not a formula: ")
                        + e.getMessage(),
                e);
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s", " ");
        return line.length() <= MOST_REPEATED ? line : line.substring(0, MOST_REPEATED - 1) + "…";
    }
}
