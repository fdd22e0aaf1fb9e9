package org.evonorm.tracking;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The records of an event file, as TensorFlow lays them out: the length in 8 bytes, its checksum, the content, its
 * checksum, all in little endian. A checksum is a CRC-32C, turned and shifted as the format has it.
 */
final class EventRecords {

    private static final int LENGTH = Long.BYTES;
    private static final int CHECKSUM = Integer.BYTES;
    private static final int MASK = 0xa282ead8;

    private EventRecords() {}

    /** The content as a record. */
    static byte[] record(byte[] content) {
        byte[] length = ByteBuffer.allocate(LENGTH)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(content.length)
                .array();
        return ByteBuffer.allocate(LENGTH + CHECKSUM + content.length + CHECKSUM)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(length)
                .putInt(checksum(length))
                .put(content)
                .putInt(checksum(content))
                .array();
    }

    /** The contents of a file's records, up to the first one that is damaged or cut short, as by the end of a process. */
    static List<byte[]> contents(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> contents = new ArrayList<>();
        while (in.remaining() >= LENGTH + CHECKSUM) {
            int start = in.position();
            long length = in.getLong();
            boolean whole = in.getInt() == checksum(Arrays.copyOfRange(file, start, start + LENGTH))
                    && length >= 0
                    && length <= in.remaining() - CHECKSUM;
            if (!whole) {
                break;
            }
            byte[] content = new byte[(int) length];
            in.get(content);
            if (in.getInt() != checksum(content)) {
                break;
            }
            contents.add(content);
        }
        return contents;
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }
}
