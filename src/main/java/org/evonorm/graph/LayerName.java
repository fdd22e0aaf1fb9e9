package org.evonorm.graph;

import java.util.Optional;
import org.evonorm.text.Quotation;

/** The reference to a layer on the command line and in settings: the name of a baseline, or a formula. */
public final class LayerName {

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
        String shown = Quotation.of(text);
        String known = String.join(", ", Baselines.names());
        Optional<String> meant = NearestName.of(text, Baselines.names());
        if (meant.isPresent()) {
            // The text is a misspelt name, so its error as a formula does not matter.
            return new IllegalArgumentException(
                    "there is no layer " + shown + "; did you mean " + meant.get() + "? Known are " + known);
        }
        boolean isOneWord = text.length() <= Quotation.MOST && text.strip().matches("[\\p{L}\\p{N}_.-]*");
        return new IllegalArgumentException(
                shown
                        + (isOneWord ? " is neither a baseline (" + known + ") nor a formula: " : " is not a formula: ")
                        + e.getMessage(),
                e);
    }
}
