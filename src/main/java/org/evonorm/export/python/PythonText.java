package org.evonorm.export.python;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The texts of Python sources: escaping, wrapping and indenting. */
final class PythonText {

    private static final int WIDTH = 96;

    private PythonText() {}

    /** Methods of a class, with their indent and an empty line between them. */
    static String methods(List<String> methods) {
        return methods.stream()
                .map(method -> method.indent(4).replaceAll("(?m)^ +$", ""))
                .collect(Collectors.joining("\n"));
    }

    /** The first line of a function, wrapped; later lines are indented by 8, so that they stand apart from the body. */
    static String definition(String line) {
        return wrapped("", line).replace("\n", "\n    ");
    }

    /** The text wrapped at spaces to 96 columns; all lines are indented, later lines by 4 more than the first. */
    static String wrapped(String indent, String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(indent);
        for (String word : text.strip().split(" +")) {
            boolean isStart = line.toString().isBlank();
            if (!isStart && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(indent + "    ").append(word);
            } else {
                line.append(isStart ? "" : " ").append(word);
            }
        }
        lines.add(line.toString());
        return String.join("\n", lines);
    }

    /** A template with texts in place of its {@code %s}, in their order. */
    static String filled(String template, String... texts) {
        return String.format(Locale.ROOT, template, (Object[]) texts);
    }
}
