package org.evonorm.data;

import java.io.Serializable;
import java.util.zip.CRC32;
import org.apache.hadoop.util.CrcUtil;

/**
 * Sums over the pixels of a stretch of images, which tell mean, deviation and checksum of a set whose stretches were
 * read in different processes.
 *
 * @param counts number of pixels per channel and byte, [3][256]
 * @param crc    CRC-32 of the pixels
 * @param bytes  number of pixels' bytes
 * @param height height of every image
 * @param width  width of every image
 */
public record PixelFacts(long[][] counts, int crc, long bytes, int height, int width) implements Serializable {

    /** The sums over these images. */
    public static PixelFacts of(Images images) {
        long[][] counts = new long[Images.CHANNELS][Standardization.BYTE_VALUES];
        byte[] pixels = images.pixels();
        for (int i = 0; i < pixels.length; i++) {
            counts[i % Images.CHANNELS][Byte.toUnsignedInt(pixels[i])]++;
        }
        CRC32 checksum = new CRC32();
        checksum.update(pixels);
        return new PixelFacts(counts, (int) checksum.getValue(), pixels.length, images.height(), images.width());
    }

    /**
     * The sums over this stretch and the next.
     *
     * @throws IllegalArgumentException if the images of the two have different sizes
     */
    public PixelFacts then(PixelFacts next) {
        if (next.height != height || next.width != width) {
            throw new IllegalArgumentException("some images have " + height + "×" + width + " pixels and others "
                    + next.height + "×" + next.width + "; set data.image-size, so that they are resized");
        }
        long[][] sums = new long[Images.CHANNELS][Standardization.BYTE_VALUES];
        for (int channel = 0; channel < Images.CHANNELS; channel++) {
            for (int value = 0; value < Standardization.BYTE_VALUES; value++) {
                sums[channel][value] = counts[channel][value] + next.counts[channel][value];
            }
        }
        return new PixelFacts(sums, joined(crc, next.crc, next.bytes), bytes + next.bytes, height, width);
    }

    /** The standardization by the mean and deviation of each channel over the pixels of {@code images} images. */
    Standardization standardization(int images) {
        return Standardization.of(counts, images);
    }

    /** The CRC-32 of two stretches of bytes, of which the second has {@code length} bytes. */
    static int joined(int first, int second, long length) {
        return CrcUtil.compose(first, second, length, CrcUtil.GZIP_POLYNOMIAL);
    }
}
