package org.evonorm.text;

import java.util.regex.Pattern;

/** Words of commands that people paste into a shell, such as the folder of a run in the command of an export. */
public final class ShellText {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

    private ShellText() {}

    /** The word as one argument of a POSIX shell: between single quotes where it has other than plain characters. */
    public static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
