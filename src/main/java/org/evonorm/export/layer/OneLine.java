package org.evonorm.export.layer;

import java.util.stream.Collectors;
import org.evonorm.text.Quotation;

/**
 * Text of any origin, such as the name of a run's folder, made safe for the comments and docstrings of exported files.
 */
final class OneLine {

    private OneLine() {}

    /** One line of visible characters that neither end a string nor begin an escape sequence. */
    static String of(String text) {
        return text.codePoints().mapToObj(OneLine::safe).collect(Collectors.joining());
    }

    private static String safe(int codePoint) {
        // Line breaks, and the marks that show code in another order than it runs in, are not shown.
        if (!Quotation.isShown(codePoint)) {
            return " ";
        }
        return codePoint == '\\' ? "/" : codePoint == '"' ? "'" : Character.toString(codePoint);
    }
}
