package org.evonorm.data.files.picture;

import org.evonorm.data.Images;

/**
 * One decoded image of its own size.
 *
 * @param pixels unsigned bytes, [height, width, 3], RGB
 */
public record Picture(int height, int width, byte[] pixels) {

    /** The picture of grey values, [height, width], each of which becomes three equal channels. */
    public static Picture ofGrey(int height, int width, byte[] grey) {
        byte[] pixels = new byte[grey.length * Images.CHANNELS];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = grey[i / Images.CHANNELS];
        }
        return new Picture(height, width, pixels);
    }

    /** The picture of one plane per channel, [channels, height, width], of one or three channels. */
    public static Picture ofPlanes(int channels, int height, int width, byte[] planes) {
        if (channels == 1) {
            return ofGrey(height, width, planes);
        }
        int plane = height * width;
        byte[] pixels = new byte[planes.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = planes[i % Images.CHANNELS * plane + i / Images.CHANNELS];
        }
        return new Picture(height, width, pixels);
    }

    /** Height and width in words. */
    public String size() {
        return height + "×" + width;
    }
}
