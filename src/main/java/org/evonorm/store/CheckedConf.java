package org.evonorm.store;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a run.conf under a first line with its checksum. A changed digit in it would else change what a rerank
 * trains or a report says, and nothing would show.
 */
final class CheckedConf {

    /** A comment in HOCON; what comes close to it, as after a change of one byte, counts as altered too. */
    private static final Pattern LINE =
            Pattern.compile("# CRC-32C of the lines below, in hexadecimal: ([0-9a-f]{1,8})\\n");

    private static final Pattern FIRST = Pattern.compile("[^\\n]*CRC[^\\n]*\\n");

    private CheckedConf() {}

    /** The text with its first line. */
    static String of(String text) {
        return "# CRC-32C of the lines below, in hexadecimal: " + Checksum.of(text) + "\n" + text;
    }

    /** The text, with or without a first line, as versions before 0.2.0 wrote it; empty if it was altered. */
    static Optional<String> read(String file) {
        Matcher line = LINE.matcher(file);
        if (line.lookingAt()) {
            String text = file.substring(line.end());
            return line.group(1).equals(Checksum.of(text)) ? Optional.of(text) : Optional.empty();
        }
        return FIRST.matcher(file).lookingAt() ? Optional.empty() : Optional.of(file);
    }
}
