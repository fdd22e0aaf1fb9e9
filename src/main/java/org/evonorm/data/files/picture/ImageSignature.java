package org.evonorm.data.files.picture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The format of an encoded picture by its first bytes, and the damage that javax.imageio passes over: checksums of
 * PNG's chunks, and files that end early.
 */
final class ImageSignature {

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};
    private static final byte[] GIF = {'G', 'I', 'F', '8'};
    private static final byte[] BMP = {'B', 'M'};

    /** Bytes of length, type and checksum of a chunk of PNG. */
    private static final int CHUNK_FRAME = 12;

    private ImageSignature() {}

    /** The name of the format in javax.imageio; empty for content of another kind. */
    static Optional<String> format(byte[] bytes) {
        if (begins(bytes, PNG)) {
            return Optional.of("png");
        }
        if (begins(bytes, JPEG)) {
            return Optional.of("jpeg");
        }
        if (begins(bytes, GIF)) {
            return Optional.of("gif");
        }
        return begins(bytes, BMP) ? Optional.of("bmp") : Optional.empty();
    }

    private static boolean begins(byte[] bytes, byte[] signature) {
        return bytes.length > signature.length
                && ByteBuffer.wrap(bytes, 0, signature.length).equals(ByteBuffer.wrap(signature));
    }

    /** Damage in words, which a check of the file's frame shows; empty if there is none. */
    static Optional<String> damage(String format, byte[] bytes) {
        return format.equals("png") ? damageOfPng(bytes) : Optional.empty();
    }

    private static Optional<String> damageOfPng(byte[] bytes) {
        ByteBuffer chunks = ByteBuffer.wrap(bytes);
        int at = PNG.length;
        while (bytes.length - at >= CHUNK_FRAME) {
            int length = chunks.getInt(at);
            if (length < 0 || length > bytes.length - at - CHUNK_FRAME) {
                break;
            }
            String type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
            CRC32 checksum = new CRC32();
            checksum.update(bytes, at + 4, length + 4);
            if ((int) checksum.getValue() != chunks.getInt(at + 8 + length)) {
                return Optional.of("is damaged (wrong checksum)");
            }
            if (type.equals("IEND")) {
                return Optional.empty();
            }
            at += length + CHUNK_FRAME;
        }
        return Optional.of("is cut short");
    }
}
