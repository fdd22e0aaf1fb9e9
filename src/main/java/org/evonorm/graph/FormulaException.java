package org.evonorm.graph;

/** A formula that cannot be read; the message names the column, what was found and what was expected, in a sentence. */
public final class FormulaException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** Most characters of the formula that are shown on either side of the column. */
    private static final int SHOWN = 100;

    private final String formula;
    private final int column;

    FormulaException(String formula, int column, String problem) {
        super("column " + column + ": " + problem);
        this.formula = formula;
        this.column = column;
    }

    /** Where the problem is, counted from 1; one past the end where the formula ends too early. */
    public int column() {
        return column;
    }

    /** The formula, or the part of a long one around the column, on one line, and a caret under the column on the next. */
    public String pointer() {
        int from = Math.max(0, column - 1 - SHOWN);
        int to = Math.min(formula.length(), column - 1 + SHOWN);
        String before = from == 0 ? "" : "…";
        String part = before + formula.substring(from, to).replaceAll("\\s", " ") + (to == formula.length() ? "" : "…");
        return part + "\n" + " ".repeat(before.length() + column - 1 - from) + "^";
    }
}
