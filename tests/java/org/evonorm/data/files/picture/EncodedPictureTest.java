package org.evonorm.data.files.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedPictureTest {

    private static Picture decode(byte[] bytes) {
        return EncodedPicture.decode("folder/cat/1.png", bytes);
    }

    private static String refusal(byte[] bytes) {
        String message = assertThrows(IllegalArgumentException.class, () -> decode(bytes))
                .getMessage();
        assertTrue(message.startsWith("folder/cat/1.png "), message);
        assertTrue(message.endsWith("; mend, convert or remove it"), message);
        return message;
    }

    private static int[] pixel(Picture picture, int y, int x) {
        int at = (y * picture.width() + x) * 3;
        return new int[] {
            Byte.toUnsignedInt(picture.pixels()[at]),
            Byte.toUnsignedInt(picture.pixels()[at + 1]),
            Byte.toUnsignedInt(picture.pixels()[at + 2])
        };
    }

    private static BufferedImage bands(int space, int type, boolean alpha, int bands) {
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(space),
                alpha,
                false,
                alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
                type);
        WritableRaster raster = Raster.createInterleavedRaster(type, 6, 5, bands, null);
        return new BufferedImage(model, raster, false, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp"})
    void losslessFormatsGiveTheirPixels(String format) {
        Picture picture = decode(TestPictures.encoded(TestPictures.gradient(5, 9, 3), format));
        assertEquals("5×9", picture.size());
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 9; x++) {
                int colour = TestPictures.colour(y, x, 3);
                assertArrayEquals(
                        new int[] {colour >> 16 & 255, colour >> 8 & 255, colour & 255}, pixel(picture, y, x));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "gif"})
    void lossyFormatsComeClose(String format) {
        BufferedImage plain = new BufferedImage(16, 12, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 16 * 12; i++) {
            plain.setRGB(i % 16, i / 16, 0xc86432);
        }
        int[] pixel = pixel(decode(TestPictures.encoded(plain, format)), 11, 15);
        assertEquals(200, pixel[0], 4);
        assertEquals(100, pixel[1], 4);
        assertEquals(50, pixel[2], 4);
    }

    /** javax.imageio's colours of grey pictures are brighter than their values. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "bmp"})
    void greyValuesStayAsTheyAreInThreeChannels(String format) {
        BufferedImage grey = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 64; i++) {
            grey.getRaster().setSample(i % 8, i / 8, 0, 90);
        }
        assertArrayEquals(new int[] {90, 90, 90}, pixel(decode(TestPictures.encoded(grey, format)), 4, 7));
    }

    @Test
    void sixteenBitsGiveTheirUpperEight() {
        BufferedImage grey = bands(ColorSpace.CS_GRAY, DataBuffer.TYPE_USHORT, false, 1);
        grey.getRaster().setSample(2, 3, 0, 0x7fff);
        assertArrayEquals(new int[] {127, 127, 127}, pixel(decode(TestPictures.encoded(grey, "png")), 3, 2));
        BufferedImage colour = bands(ColorSpace.CS_sRGB, DataBuffer.TYPE_USHORT, false, 3);
        colour.getRaster().setPixel(2, 3, new int[] {0x12ff, 0x3400, 0xffff});
        assertArrayEquals(new int[] {0x12, 0x34, 0xff}, pixel(decode(TestPictures.encoded(colour, "png")), 3, 2));
    }

    @Test
    void alphaIsLeftOut() {
        BufferedImage grey = bands(ColorSpace.CS_GRAY, DataBuffer.TYPE_BYTE, true, 2);
        grey.getRaster().setPixel(1, 1, new int[] {77, 0});
        assertArrayEquals(new int[] {77, 77, 77}, pixel(decode(TestPictures.encoded(grey, "png")), 1, 1));
        BufferedImage colour = bands(ColorSpace.CS_sRGB, DataBuffer.TYPE_BYTE, true, 4);
        colour.getRaster().setPixel(1, 1, new int[] {10, 20, 30, 0});
        assertArrayEquals(new int[] {10, 20, 30}, pixel(decode(TestPictures.encoded(colour, "png")), 1, 1));
    }

    @Test
    void palettesGiveTheirColours() {
        BufferedImage two = new BufferedImage(9, 4, BufferedImage.TYPE_BYTE_BINARY);
        two.setRGB(8, 3, 0xffffff);
        Picture black = decode(TestPictures.encoded(two, "png"));
        assertArrayEquals(new int[] {255, 255, 255}, pixel(black, 3, 8));
        assertArrayEquals(new int[] {0, 0, 0}, pixel(black, 3, 7));
        BufferedImage many = new BufferedImage(9, 4, BufferedImage.TYPE_BYTE_INDEXED);
        many.setRGB(2, 1, 0xff0000);
        assertArrayEquals(new int[] {255, 0, 0}, pixel(decode(TestPictures.encoded(many, "png")), 1, 2));
    }

    /** As in torchvision's loader, the orientation that a camera notes is not applied. */
    @Test
    void theOrientationOfExifIsNotApplied() {
        byte[] jpeg = TestPictures.encoded(TestPictures.gradient(8, 24, 1), "jpeg");
        byte[] rotated = {
            'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0,
            0
        };
        ByteBuffer bytes = ByteBuffer.allocate(jpeg.length + rotated.length + 4);
        bytes.put(jpeg, 0, 2).put((byte) 0xff).put((byte) 0xe1).putShort((short) (rotated.length + 2));
        bytes.put(rotated).put(jpeg, 2, jpeg.length - 2);
        Picture picture = decode(bytes.array());
        assertEquals("8×24", picture.size());
        assertArrayEquals(decode(jpeg).pixels(), picture.pixels());
    }

    @Test
    void jpegInCmykIsRefused() throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream output = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(output);
            writer.write(new IIOImage(raster, null, null));
        }
        assertTrue(refusal(bytes.toByteArray()).contains("has neither grey values nor RGB of 8 or 16 bits"));
    }

    @Test
    void otherContentIsRefused() {
        assertTrue(refusal(new byte[0]).contains("is empty"));
        assertTrue(refusal("a text".getBytes(StandardCharsets.UTF_8)).contains("is no PNG, JPEG, GIF or BMP"));
        assertTrue(refusal("GIF89a".getBytes(StandardCharsets.UTF_8)).contains("cannot be read as GIF"));
        assertTrue(refusal(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0})
                .contains("is cut short"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
    void picturesThatAreCutShortAreRefused(String format) {
        byte[] bytes = TestPictures.encoded(TestPictures.gradient(40, 40, 5), format);
        for (double share : new double[] {0.1, 0.3, 0.6, 0.9, 0.97}) {
            refusal(Arrays.copyOf(bytes, (int) (bytes.length * share)));
        }
    }

    @Test
    void everyAlteredByteOfAPngIsNoticed() {
        byte[] png = TestPictures.png(20, 20, 7);
        Random random = new Random(1);
        for (int trial = 0; trial < 200; trial++) {
            byte[] altered = png.clone();
            altered[random.nextInt(png.length)] ^= (byte) (1 + random.nextInt(255));
            refusal(altered);
        }
    }

    /** Damage of the other formats may pass, but never as another kind of failure. */
    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "gif", "bmp"})
    void damagedPicturesAreReadOrRefused(String format) {
        byte[] bytes = TestPictures.encoded(TestPictures.gradient(24, 24, 9), format);
        Random random = new Random(2);
        int refused = 0;
        for (int trial = 0; trial < 300; trial++) {
            byte[] altered = bytes.clone();
            for (int i = 0; i < 3; i++) {
                altered[random.nextInt(Math.min(bytes.length, 200))] = (byte) random.nextInt(256);
            }
            try {
                decode(altered);
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().startsWith("folder/cat/1.png "), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 0, "no damage was noticed");
    }

    /** A small file of 100,000×100,000 pixels, which would take 30 GB. */
    @Test
    void tooManyPixelsAreRefusedBeforeTheyAreDecoded() {
        byte[] png = TestPictures.png(4, 4, 1);
        ByteBuffer header = ByteBuffer.wrap(png);
        header.putInt(16, 100_000).putInt(20, 100_000);
        CRC32 checksum = new CRC32();
        checksum.update(png, 12, 17);
        header.putInt(29, (int) checksum.getValue());
        assertTrue(refusal(png).contains("has 100000×100000 pixels, more than the 33554432"), refusal(png));
    }
}
