package org.evonorm.data.files.numpy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.evonorm.data.files.picture.ClassLabels;
import org.evonorm.data.files.picture.FileFault;

/**
 * An array in a file or an archive of NumPy, whose elements are read as a stream.
 *
 * @param title  place of the array in words
 * @param stream opens the elements, behind the header
 */
record NpyArray(String title, NpyHeader header, Opening stream) {

    private static final Pattern INTEGERS = Pattern.compile("([<>|=])([iu])([1248])");

    /** Opens a stream of an array. */
    @FunctionalInterface
    interface Opening {
        InputStream open() throws IOException;
    }

    /** Bytes of all elements; of a type that is not read, as many as elements. */
    long bytes() {
        Matcher type = INTEGERS.matcher(header.type());
        int each = type.matches() ? Integer.parseInt(type.group(3)) : 1;
        long elements = header.elements();
        return elements > Long.MAX_VALUE / 8 ? Long.MAX_VALUE : elements * each;
    }

    /** Whether the elements are integers; other types are refused where the array is used. */
    boolean isOfIntegers() {
        return INTEGERS.matcher(header.type()).matches();
    }

    /**
     * The elements as class numbers, [N] or [N, 1], of any integer type and byte order.
     *
     * @throws IllegalArgumentException if the array has another shape or type, or numbers that no class can have
     */
    short[] labels() {
        Matcher type = INTEGERS.matcher(header.type());
        if (!type.matches()) {
            throw new IllegalArgumentException(title + " has elements of the type '" + header.type()
                    + "'; labels are integers, as .astype('int64') makes them");
        }
        int axes = header.shape().size();
        if (axes == 0 || axes > 2 || (axes == 2 && header.shape().get(1) != 1)) {
            throw new IllegalArgumentException(
                    title + " has the shape " + header.shown()
                            + "; labels are one class number per image, (N,), as .argmax(axis=1) makes them of one-hot vectors");
        }
        long bytes = bytes();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(title + " has the shape " + header.shown() + ", which is too large");
        }
        byte[] content;
        try (InputStream input = stream.open()) {
            content = input.readNBytes((int) bytes);
        } catch (IOException e) {
            throw unreadable(e);
        }
        if (content.length < bytes) {
            throw cut();
        }
        return decoded(content, type);
    }

    private short[] decoded(byte[] content, Matcher type) {
        int each = Integer.parseInt(type.group(3));
        boolean signed = type.group(2).equals("i");
        ByteBuffer numbers = ByteBuffer.wrap(content)
                .order(type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        short[] labels = new short[content.length / each];
        for (int i = 0; i < labels.length; i++) {
            long label = switch (each) {
                case 1 -> signed ? numbers.get() : Byte.toUnsignedInt(numbers.get());
                case 2 -> signed ? numbers.getShort() : Short.toUnsignedInt(numbers.getShort());
                case 4 -> signed ? numbers.getInt() : Integer.toUnsignedLong(numbers.getInt());
                default -> numbers.getLong();
            };
            labels[i] = ClassLabels.of(label, "image " + i + " of " + title);
        }
        return labels;
    }

    IllegalArgumentException cut() {
        return new IllegalArgumentException(title + " is cut short: it has fewer elements than its shape "
                + header.shown() + " says; save it again");
    }

    UncheckedIOException unreadable(IOException e) {
        return new UncheckedIOException(
                "cannot read " + title + " (" + FileFault.message(e) + "); it is damaged, or may not be read", e);
    }
}
