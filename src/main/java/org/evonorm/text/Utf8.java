package org.evonorm.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The reading of text files, which are in UTF-8. A byte order mark at the start is skipped; a file in another encoding
 * is refused with the place of the first byte that is no UTF-8, where a lenient reader would change letters in silence.
 */
public final class Utf8 {

    /** The largest number of bytes of a text file, a hundred times the largest layer's. */
    public static final int MOST_BYTES = 8 << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private Utf8() {}

    /**
     * The text of a file.
     *
     * @throws IllegalArgumentException if the file is not UTF-8, or larger than {@link #MOST_BYTES}
     * @throws IOException if the file cannot be read
     */
    public static String read(Path file) throws IOException {
        if (Files.isRegularFile(file) && Files.size(file) > MOST_BYTES) {
            throw new IllegalArgumentException(Quotation.shown(file.toString()) + " has " + Files.size(file)
                    + " bytes, and a text file here may have " + MOST_BYTES + " at most; name another file");
        }
        return decode(Files.readAllBytes(file), file.toString());
    }

    /**
     * The text of bytes in UTF-8.
     *
     * @param name the name of their origin, for the message
     * @throws IllegalArgumentException if the bytes are not UTF-8
     */
    public static String decode(byte[] bytes, String name) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            boolean wide = bytes.length > 1 && (bytes[0] & 0xfe) == 0xfe && (bytes[1] & 0xfe) == 0xfe;
            throw new IllegalArgumentException(Quotation.shown(name) + " is not UTF-8: byte " + (in.position() + 1)
                    + " (" + String.format(Locale.ROOT, "0x%02x", bytes[in.position()]) + ") is no letter's"
                    + (wide ? "; the file looks like UTF-16" : "") + "; save it as UTF-8");
        }
        String text = out.flip().toString();
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }
}
