package org.evonorm.export.triton;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Lines of Python: wrapping and indenting. */
final class PythonLines {

    private PythonLines() {}

    /** The text with an indent before each line that is not empty. */
    static String indented(String text, int spaces) {
        return text.lines()
                .map(line -> line.isEmpty() ? line : " ".repeat(spaces) + line)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** Elements with commas between them, and one after the last, on as few lines as fit. */
    static List<String> wrapped(String indent, List<String> elements, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(indent);
        for (String element : elements) {
            if (line.length() > indent.length() && line.length() + element.length() + 2 > width) {
                lines.add(line.toString());
                line = new StringBuilder(indent);
            }
            line.append(line.length() > indent.length() ? " " : "")
                    .append(element)
                    .append(',');
        }
        lines.add(line.toString());
        return lines;
    }

    /** A line as it is, or a long one of names with commas between them on several, in parentheses. */
    static List<String> fitted(String line, int width) {
        if (line.length() <= width) {
            return List.of(line);
        }
        String indent = line.substring(0, line.length() - line.stripLeading().length());
        List<String> lines = new ArrayList<>();
        int equals = line.indexOf(" = ");
        int open = line.indexOf('(');
        boolean isCall = equals < 0 || (open >= 0 && open < equals);
        String head = isCall ? line.substring(0, open + 1) : indent + "(";
        String inside = isCall ? line.substring(open + 1, line.length() - 1) : line.substring(indent.length(), equals);
        lines.add(head);
        lines.addAll(wrapped(indent + "    ", List.of(inside.split(", ")), width));
        lines.add(indent + ")" + (isCall ? "" : line.substring(equals)));
        return lines;
    }
}
