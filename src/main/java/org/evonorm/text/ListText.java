package org.evonorm.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The division of a text into the items of a list. Users write commas, blanks or both between names; commas and blanks
 * inside a formula, JSON or quotation marks belong to the item.
 */
public final class ListText {

    /** A name, id, number or file; an operator of a formula is none. */
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_][^\\s()\\[\\]{}+*=;|\"]*");

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final String OPENING = "([{";
    private static final String CLOSING = ")]}";

    private ListText() {}

    /**
     * The items, stripped and in order, without empty ones. Commas divide outside parentheses, brackets, braces and
     * quotation marks. Blanks divide an item of words alone, since a formula has an operator between two values.
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
            } else if (sign == ',' && depth <= 0) {
                add(text.substring(start, i), items);
                start = i + 1;
            }
        }
        add(text.substring(start), items);
        return List.copyOf(items);
    }

    private static void add(String item, List<String> items) {
        String stripped = item.strip();
        String[] words = BLANKS.split(stripped);
        if (Stream.of(words).allMatch(word -> WORD.matcher(word).matches())) {
            items.addAll(List.of(words));
        } else if (!stripped.isEmpty()) {
            items.add(stripped);
        }
    }
}
