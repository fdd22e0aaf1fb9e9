package org.evonorm.data.files.picture;

import java.awt.Point;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.evonorm.data.Images;

/**
 * The decoder of PNG, JPEG, GIF and BMP by javax.imageio. The content decides on the format, not the name; dimensions
 * are checked before pixels are decoded (docs/images.md, "Formats").
 */
public final class EncodedPicture {

    /**
     * Largest number of pixels of a picture: 8,192×4,096; guards the memory against small files with large pictures.
     */
    public static final int MOST_PIXELS = 1 << 25;

    /** Largest number of bytes of an encoded picture. */
    public static final int MOST_BYTES = 1 << 28;

    private static final String MEND = "; mend, convert or remove it";

    private final String title;
    private final byte[] bytes;

    private EncodedPicture(String title, byte[] bytes) {
        this.title = title;
        this.bytes = bytes;
    }

    /**
     * The pixels of an encoded picture.
     *
     * @param title place of the picture in words, for messages
     * @throws IllegalArgumentException if the bytes are no whole picture that can be read, or too large a picture
     */
    public static Picture decode(String title, byte[] bytes) {
        return new EncodedPicture(title, bytes).decode();
    }

    private Picture decode() {
        if (bytes.length > MOST_BYTES) {
            throw refusal("has " + bytes.length + " bytes, more than the " + MOST_BYTES + " that an image may have");
        }
        String format = ImageSignature.format(bytes)
                .orElseThrow(
                        () -> refusal(bytes.length == 0 ? "is empty" : "is no PNG, JPEG, GIF or BMP by its content"));
        ImageSignature.damage(format, bytes).ifPresent(damage -> {
            throw refusal(damage);
        });
        ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
        boolean[] cut = {false};
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(input, true, true);
            reader.addIIOReadWarningListener((source, warning) -> cut[0] |= tellsOfACut(warning));
            requireSize(reader.getWidth(0), reader.getHeight(0));
            BufferedImage image = reader.read(0);
            if (cut[0]) {
                throw refusal("is cut short");
            }
            return picture(image);
        } catch (IllegalArgumentException | IOException e) {
            throw e instanceof Refusal refusal ? refusal : unreadable(format, e);
        } catch (RuntimeException e) {
            // The readers throw any exception of indices and sizes for damaged content.
            throw unreadable(format, e);
        } finally {
            reader.dispose();
        }
    }

    /** A JPEG that is cut short is grey from there on, and only warnings tell. */
    private static boolean tellsOfACut(String warning) {
        String lower = warning.toLowerCase(Locale.ROOT);
        return lower.contains("premature") || lower.contains("truncated");
    }

    private void requireSize(int width, int height) {
        if ((long) width * height > MOST_PIXELS) {
            throw refusal("has " + height + "×" + width + " pixels, more than the " + MOST_PIXELS
                    + " that an image may have");
        }
    }

    private Picture picture(BufferedImage image) {
        int height = image.getHeight();
        int width = image.getWidth();
        byte[] pixels = new byte[Images.bytes(1, height, width)];
        if (image.getColorModel() instanceof ComponentColorModel model) {
            copyBands(image.getRaster(), model, pixels);
        } else {
            copyColours(image, pixels);
        }
        return new Picture(height, width, pixels);
    }

    /**
     * Copies bands of bytes or of 16 bits, whose upper 8 bits are taken. Grey values are taken as they stand:
     * {@link BufferedImage#getRGB} takes them for linear light and would brighten them.
     */
    private void copyBands(Raster raster, ComponentColorModel model, byte[] pixels) {
        int colours = model.getNumColorComponents();
        int space = model.getColorSpace().getType();
        int bits = switch (raster.getTransferType()) {
            case DataBuffer.TYPE_BYTE -> 8;
            case DataBuffer.TYPE_USHORT -> 16;
            default -> 0;
        };
        boolean known = (space == ColorSpace.TYPE_GRAY && colours == 1)
                || (space == ColorSpace.TYPE_RGB && colours == Images.CHANNELS);
        if (!known || bits == 0) {
            throw refusal("has neither grey values nor RGB of 8 or 16 bits");
        }
        int[] row = new int[raster.getWidth() * raster.getNumBands()];
        Point corner = new Point(raster.getMinX(), raster.getMinY());
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(corner.x, corner.y + y, raster.getWidth(), 1, row);
            for (int x = 0; x < raster.getWidth(); x++) {
                for (int channel = 0; channel < Images.CHANNELS; channel++) {
                    int value = row[x * raster.getNumBands() + (colours == 1 ? 0 : channel)];
                    pixels[(y * raster.getWidth() + x) * Images.CHANNELS + channel] = (byte) (value >> (bits - 8));
                }
            }
        }
    }

    /** Copies the colours of palettes and of packed pixels, without their alpha. */
    private static void copyColours(BufferedImage image, byte[] pixels) {
        int[] row = new int[image.getWidth()];
        int to = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int rgb : row) {
                pixels[to++] = (byte) (rgb >> 16);
                pixels[to++] = (byte) (rgb >> 8);
                pixels[to++] = (byte) rgb;
            }
        }
    }

    private Refusal unreadable(String format, Exception cause) {
        String reason = FileFault.message(cause);
        return new Refusal(
                title + " cannot be read as " + format.toUpperCase(Locale.ROOT) + " (" + reason + ")" + MEND, cause);
    }

    private Refusal refusal(String what) {
        return new Refusal(title + " " + what + MEND, null);
    }

    /** A refusal that names the picture already. */
    private static final class Refusal extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        Refusal(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
