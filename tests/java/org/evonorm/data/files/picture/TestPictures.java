package org.evonorm.data.files.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Encoded pictures for tests. */
public final class TestPictures {

    private TestPictures() {}

    /** A picture whose colours depend on place and seed. */
    public static BufferedImage gradient(int height, int width, int seed) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, colour(y, x, seed));
            }
        }
        return image;
    }

    public static int colour(int y, int x, int seed) {
        return (seed * 37 + x * 5 & 255) << 16 | (seed * 11 + y * 7 & 255) << 8 | (seed * 3 + x * y & 255);
    }

    public static byte[] encoded(BufferedImage image, String format) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            if (!ImageIO.write(image, format, bytes)) {
                throw new IllegalArgumentException("no writer of " + format + " for this picture");
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] png(int height, int width, int seed) {
        return encoded(gradient(height, width, seed), "png");
    }

    /** Writes numbered PNGs of 8×8 pixels into a class's folder. */
    public static void write(Path folder, int count) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < count; i++) {
            Files.write(folder.resolve("image" + i + ".png"), png(8, 8, folder.hashCode() + i));
        }
    }
}
