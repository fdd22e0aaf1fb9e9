package org.evonorm.graph;

import org.evonorm.text.Quotation;

/**
 * A syntax error of a formula. The message is one sentence with the column, the text found and the text expected;
 * commands print the message with {@link #pointer}.
 */
public final class FormulaException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** The largest number of characters shown on either side of the column. */
    private static final int SHOWN = 100;

    private final String formula;
    private final int column;

    FormulaException(String formula, int column, String problem) {
        super("column " + column + ": " + problem);
        this.formula = formula;
        this.column = column;
    }

    /** The column of the error, counted from 1; one past the end if the formula ends too early. */
    public int column() {
        return column;
    }

    /** Two lines: the formula, of a long formula the part around the column, and a caret under the column. */
    public String pointer() {
        int from = Math.max(0, column - 1 - SHOWN);
        int to = Math.min(formula.length(), column - 1 + SHOWN);
        String before = from == 0 ? "" : "…";
        String part = before + Quotation.line(formula.substring(from, to)) + (to == formula.length() ? "" : "…");
        return part + "\n" + " ".repeat(before.length() + column - 1 - from) + "^";
    }
}
