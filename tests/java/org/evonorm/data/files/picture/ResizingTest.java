package org.evonorm.data.files.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResizingTest {

    private static Picture random(int height, int width, long seed) {
        byte[] pixels = new byte[height * width * 3];
        new Random(seed).nextBytes(pixels);
        return new Picture(height, width, pixels);
    }

    private static double mean(Picture picture) {
        double sum = 0;
        for (byte value : picture.pixels()) {
            sum += Byte.toUnsignedInt(value);
        }
        return sum / picture.pixels().length;
    }

    @Test
    void picturesOfTheSizeStayAsTheyAre() {
        Picture picture = random(7, 7, 1);
        assertSame(picture, Resizing.toSquare(picture, 7));
    }

    @Test
    void theCentralSquareIsTaken() {
        Picture wide = random(5, 12, 2);
        byte[] expected = new byte[75];
        for (int y = 0; y < 5; y++) {
            System.arraycopy(wide.pixels(), (y * 12 + 3) * 3, expected, y * 15, 15);
        }
        assertArrayEquals(expected, Resizing.toSquare(wide, 5).pixels());
        Picture high = random(12, 5, 3);
        byte[] middle = new byte[75];
        System.arraycopy(high.pixels(), 3 * 15, middle, 0, 75);
        assertArrayEquals(middle, Resizing.toSquare(high, 5).pixels());
    }

    @Test
    void aPlainPictureStaysPlainAtEverySize() {
        byte[] pixels = new byte[30 * 40 * 3];
        Arrays.fill(pixels, (byte) 201);
        for (int size : new int[] {1, 2, 3, 29, 31, 64, 200}) {
            Picture resized = Resizing.toSquare(new Picture(30, 40, pixels), size);
            assertEquals(size + "×" + size, resized.size());
            for (byte value : resized.pixels()) {
                assertEquals((byte) 201, value);
            }
        }
    }

    /** A bilinear filter without antialiasing would take one row in ten, and miss the mean by far. */
    @Test
    void shrinkingTakesTheMeanOfAllPixels() {
        byte[] pixels = new byte[100 * 100 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i / 300 % 10 == 0 ? 250 : 0);
        }
        Picture picture = new Picture(100, 100, pixels);
        assertEquals(25, mean(Resizing.toSquare(picture, 10)), 3);
        Picture noise = random(96, 96, 4);
        assertEquals(mean(noise), mean(Resizing.toSquare(noise, 8)), 3);
    }

    /** Between the centres of two old pixels the new values lie on the line between their values. */
    @Test
    void growingInterpolates() {
        Picture two = new Picture(2, 2, new byte[] {0, 0, 0, 100, 100, 100, 0, 0, 0, 100, 100, 100});
        Picture four = Resizing.toSquare(two, 4);
        int[] row = new int[4];
        for (int x = 0; x < 4; x++) {
            row[x] = four.pixels()[x * 3];
        }
        assertArrayEquals(new int[] {0, 25, 75, 100}, row);
        assertTrue(mean(four) == 50);
    }
}
