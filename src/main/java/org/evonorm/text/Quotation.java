package org.evonorm.text;

/**
 * The quotation of a text in a message. A text of a user or a file may hold control characters, which a terminal would
 * obey, and megabytes, which would hide the sentence around it; so quotations are escaped and shortened, here alone.
 */
public final class Quotation {

    /** The largest number of characters of a quotation. */
    public static final int MOST = 80;

    /** The largest number of characters of a whole message. */
    private static final int MOST_OF_MESSAGE = 2_000;

    private static final String CUT = "…";

    private Quotation() {}

    /** The text in quotation marks. */
    public static String of(String text) {
        return "'" + shown(text) + "'";
    }

    /** The text without quotation marks: white space as blanks, control characters escaped, the end left out. */
    public static String shown(String text) {
        String stripped = text.strip();
        boolean whole = stripped.codePointCount(0, Math.min(stripped.length(), 2 * MOST + 2)) <= MOST;
        String part = whole ? stripped : stripped.substring(0, stripped.offsetByCodePoints(0, MOST - 1));
        StringBuilder shown = new StringBuilder();
        part.codePoints().forEach(letter -> append(Character.isWhitespace(letter) ? ' ' : letter, shown));
        return whole ? shown.toString() : shown + CUT;
    }

    /**
     * A message of any origin, fit for a terminal: control characters but line breaks are escaped, and of a very long
     * message the middle is left out, since its end says how to mend the fault.
     */
    public static String message(String message) {
        StringBuilder shown = new StringBuilder();
        String cut = message.length() <= MOST_OF_MESSAGE
                ? message
                : message.substring(0, MOST_OF_MESSAGE * 2 / 3) + " " + CUT + " "
                        + message.substring(message.length() - MOST_OF_MESSAGE / 3);
        cut.codePoints().forEach(letter -> {
            if (letter == '\n') {
                shown.append('\n');
            } else if (letter != '\r') {
                append(letter == '\t' ? ' ' : letter, shown);
            }
        });
        return shown.toString();
    }

    /** As many characters as the text has, so that a caret below stays under its column. */
    public static String line(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.chars()
                .forEach(unit -> shown.append(
                        Character.isWhitespace(unit) ? ' ' : isShown(unit) || isSurrogate(unit) ? (char) unit : '?'));
        return shown.toString();
    }

    private static boolean isSurrogate(int unit) {
        return Character.isSurrogate((char) unit);
    }

    private static void append(int letter, StringBuilder shown) {
        if (isShown(letter)) {
            shown.appendCodePoint(letter);
        } else {
            shown.append("\\u{").append(Integer.toHexString(letter)).append('}');
        }
    }

    /** Whether a terminal shows the character: no control, no change of direction, no half of a pair. */
    public static boolean isShown(int letter) {
        return switch (Character.getType(letter)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
