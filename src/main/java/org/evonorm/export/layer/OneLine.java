package org.evonorm.export.layer;

import java.util.stream.Collectors;

/** Text of any origin, such as the name of a run's folder, made safe for the comments and docstrings of exported files. */
final class OneLine {

    private OneLine() {}

    /** One line of visible characters that neither end a string nor begin an escape sequence. */
    static String of(String text) {
        return text.codePoints().mapToObj(OneLine::safe).collect(Collectors.joining());
    }

    private static String safe(int codePoint) {
        return switch (Character.getType(codePoint)) {
            // Line breaks, and the marks that show code in another order than it runs in, are in these categories.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> " ";
            default -> codePoint == '\\' ? "/" : codePoint == '"' ? "'" : Character.toString(codePoint);
        };
    }
}
