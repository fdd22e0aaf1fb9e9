package org.evonorm.graph;

/** A formula that cannot be read; the message names the column, what was found and what was expected, in a sentence. */
public final class FormulaException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

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

    /** The formula on one line, and a caret under the column on the next. */
    public String pointer() {
        return formula.replaceAll("\\s", " ") + "\n" + " ".repeat(column - 1) + "^";
    }
}
