package org.evonorm.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A table of text. Columns of numbers are aligned to the right, all others to the left. */
final class TextTable {

    private static final String GAP = "  ";
    private static final Pattern NUMBER = Pattern.compile("|-?[0-9.].*|NaN|Infinity");

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(List<String> headings) {
        row(headings);
    }

    TextTable(String... headings) {
        this(List.of(headings));
    }

    /** Adds a row with as many cells as there are headings. */
    void row(List<String> cells) {
        if (!rows.isEmpty() && cells.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    "a row of " + rows.get(0).size() + " columns cannot have " + cells.size() + " cells");
        }
        rows.add(List.copyOf(cells));
    }

    /** Adds a row with as many cells as there are headings. */
    void row(String... cells) {
        row(List.of(cells));
    }

    /** Prints the table. */
    void print(PrintWriter out) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            int at = column;
            widths[column] =
                    rows.stream().mapToInt(row -> length(row.get(at))).max().orElse(0);
            numbers[column] = rows.stream()
                    .skip(1)
                    .allMatch(row -> NUMBER.matcher(row.get(at).strip()).matches());
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                String padding = " ".repeat(widths[column] - length(cell));
                line.append(column == 0 ? "" : GAP).append(numbers[column] ? padding + cell : cell + padding);
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
