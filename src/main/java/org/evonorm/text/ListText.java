package org.evonorm.text;

import java.util.ArrayList;
import java.util.List;

/**
 * The division of a text into the items of a list. Users write commas, blanks or both between names and formulas;
 * commas and blanks inside a formula, JSON or quotation marks belong to the item.
 */
public final class ListText {

    private static final String OPENING = "([{";
    private static final String CLOSING = ")]}";

    private ListText() {}

    /**
     * The items, stripped and in order, without empty ones. Commas divide outside parentheses, brackets, braces and
     * quotation marks, and so do blanks between two values, since a formula has an operator there.
     */
    public static List<String> items(String text) {
        List<String> items = new ArrayList<>();
        int depth = 0;
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            if (sign == '"') {
                quoted = !quoted;
            } else if (quoted) {
                i += sign == '\\' ? 1 : 0;
            } else if (OPENING.indexOf(sign) >= 0) {
                depth++;
            } else if (CLOSING.indexOf(sign) >= 0) {
                depth--;
            } else if (depth <= 0 && (sign == ',' || isBetweenValues(text, start, i))) {
                add(text.substring(start, i), items);
                start = i + 1;
            }
        }
        add(text.substring(start), items);
        return List.copyOf(items);
    }

    private static void add(String item, List<String> items) {
        String stripped = item.strip();
        if (!stripped.isEmpty()) {
            items.add(stripped);
        }
    }

    /** Whether the first of some blanks stands at an index of an item, after a whole value and before another one. */
    private static boolean isBetweenValues(String text, int start, int blank) {
        if (blank == start || !Character.isWhitespace(text.charAt(blank)) || isAfterNo(text, start, blank)) {
            return false;
        }
        int last = text.codePointBefore(blank);
        int next = blank + 1;
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
        if (next == text.length() || !(isOfWord(last) || CLOSING.indexOf(last) >= 0)) {
            return false;
        }
        // A function may have a blank before its parenthesis.
        int first = text.codePointAt(next);
        return isOfWord(first) || first == '{' || (first == '(' && !isOfWord(last));
    }

    private static boolean isOfWord(int letter) {
        return Character.isLetterOrDigit(letter) || letter == '_' || letter == '.';
    }

    /** Whether the text ends in {@code | no}, which {@code affine} follows. */
    private static boolean isAfterNo(String text, int start, int end) {
        int before = end - "no".length() - 1;
        if (!text.startsWith("no", before + 1)) {
            return false;
        }
        while (before >= start && Character.isWhitespace(text.charAt(before))) {
            before--;
        }
        return before >= start && text.charAt(before) == '|';
    }
}
