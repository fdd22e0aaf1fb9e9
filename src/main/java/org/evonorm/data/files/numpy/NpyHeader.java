package org.evonorm.data.files.numpy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.evonorm.text.Quotation;

/**
 * The header of an array in NumPy's format NPY, versions 1 to 3 (numpy.lib.format).
 *
 * @param type         type of the elements as NumPy writes it, for example {@code |u1} or {@code >i4}
 * @param fortranOrder whether the first index runs fastest
 * @param shape        number of elements along each axis
 * @param length       bytes before the elements
 */
record NpyHeader(String type, boolean fortranOrder, List<Long> shape, int length) {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MOST_BYTES = 1 << 16;

    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']{1,32})'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9L, ]{0,200})\\)");

    NpyHeader {
        shape = List.copyOf(shape);
    }

    /**
     * Reads the header at the beginning of an array.
     *
     * @param title place of the array in words
     * @throws IllegalArgumentException if there is no header, or the array has elements of several fields or objects
     */
    static NpyHeader read(String title, InputStream input) throws IOException {
        byte[] start = input.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(MAGIC, Arrays.copyOf(start, MAGIC.length))) {
            throw new IllegalArgumentException(
                    title + " is no NumPy array, since it does not begin as one; save it with numpy.save");
        }
        int version = start[MAGIC.length];
        if (version < 1 || version > 3) {
            throw new IllegalArgumentException(title + " is of version " + version
                    + " of NumPy's format, and versions 1 to 3 are read; save it with another NumPy");
        }
        byte[] size = input.readNBytes(version == 1 ? 2 : 4);
        long bytes = 0;
        for (int i = size.length - 1; i >= 0; i--) {
            bytes = bytes << 8 | Byte.toUnsignedInt(size[i]);
        }
        if (bytes > MOST_BYTES) {
            throw damaged(title);
        }
        byte[] content = input.readNBytes((int) bytes);
        String text = new String(content, StandardCharsets.ISO_8859_1);
        int length = start.length + size.length + content.length;
        if (text.contains("'descr': [") || text.contains("'|O'") || text.contains("'O'")) {
            throw new IllegalArgumentException(title + " is an array of Python objects or of fields, which is not read"
                    + " (a pickle could run code); save images as uint8 and labels as integers");
        }
        Matcher order = match(ORDER, title, text);
        return new NpyHeader(
                match(TYPE, title, text).group(1),
                order.group(1).equals("True"),
                shape(title, match(SHAPE, title, text).group(1)),
                length);
    }

    private static Matcher match(Pattern pattern, String title, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw damaged(title);
        }
        return matcher;
    }

    private static List<Long> shape(String title, String text) {
        List<Long> shape = new ArrayList<>();
        for (String side : text.replace("L", "").split(",", -1)) {
            if (!side.isBlank()) {
                try {
                    shape.add(Long.parseLong(side.strip()));
                } catch (NumberFormatException e) {
                    throw damaged(title);
                }
            }
        }
        return shape;
    }

    private static IllegalArgumentException damaged(String title) {
        return new IllegalArgumentException(title + " has a damaged header; save it again with numpy.save");
    }

    /** Number of elements. */
    long elements() {
        try {
            return shape.stream().reduce(1L, Math::multiplyExact);
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /** The shape as NumPy writes it. */
    String shown() {
        return Quotation.shown(shape.toString().replace('[', '(').replace(']', ')'));
    }
}
