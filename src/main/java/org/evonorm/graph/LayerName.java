package org.evonorm.graph;

import java.util.Optional;

/** The reference to a layer on the command line and in settings: the name of a baseline, or a formula. */
public final class LayerName {

    /** The largest number of characters of a refused text that the message repeats. */
    private static final int MAX_REPEATED = 80;

    private LayerName() {}

    /**
     * The layer that {@code nameOrFormula} refers to; the case of a name does not matter.
     *
     * @throws IllegalArgumentException if the text is neither a name nor a formula; the message names the baseline that
     *     was probably meant, or the error of the formula
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
            // The text is a misspelt name, so its error as a formula does not matter.
            return new IllegalArgumentException(
                    "there is no layer " + shown + "; did you mean " + meant.get() + "? Known are " + known);
        }
        boolean isOneWord = text.strip().matches("[\\p{L}\\p{N}_.-]*");
        return new IllegalArgumentException(
                shown
                        + (isOneWord ? " is neither a baseline (" + known + ") nor a formula: " : " is not a formula: ")
                        + e.getMessage(),
                e);
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s", " ");
        return line.length() <= MAX_REPEATED ? line : line.substring(0, MAX_REPEATED - 1) + "…";
    }
}
