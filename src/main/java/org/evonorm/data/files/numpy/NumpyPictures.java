package org.evonorm.data.files.numpy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.evonorm.data.files.picture.EncodedPicture;
import org.evonorm.data.files.picture.Picture;
import org.evonorm.data.files.picture.PictureSource;

/**
 * The pictures of an array of bytes, [N, H, W], [N, H, W, C] or [N, C, H, W] with one or three channels, with the
 * labels of another array.
 */
final class NumpyPictures implements PictureSource {

    private final NpyArray images;
    private final short[] labels;
    private final int channels;
    private final int height;
    private final int width;
    private final boolean channelsFirst;

    /**
     * Checks shapes and types.
     *
     * @throws IllegalArgumentException if the images have another type, order or shape, or there are not as many labels
     */
    NumpyPictures(NpyArray images, NpyArray labels) {
        this.images = images;
        NpyHeader header = images.header();
        if (!List.of("|u1", "<u1", ">u1", "=u1").contains(header.type())) {
            throw new IllegalArgumentException(
                    images.title() + " has elements of the type '" + header.type()
                            + "'; images are bytes from 0 to 255, as (255 * x).astype('uint8') makes them of values from 0 to 1");
        }
        if (header.fortranOrder()) {
            throw new IllegalArgumentException(
                    images.title() + " is in Fortran order; save it in C order, as numpy.ascontiguousarray makes it");
        }
        List<Long> shape = header.shape();
        boolean last = shape.size() == 4 && isChannels(shape.get(3));
        this.channelsFirst = shape.size() == 4 && !last && isChannels(shape.get(1));
        if (shape.size() != 3 && !last && !channelsFirst) {
            throw new IllegalArgumentException(images.title() + " has the shape " + header.shown()
                    + "; images are (N, H, W), (N, H, W, C) or (N, C, H, W) with C of 1 or 3");
        }
        int rows = channelsFirst ? 2 : 1;
        if (shape.contains(0L)
                || shape.get(0) > Integer.MAX_VALUE - 8
                || shape.get(rows) > EncodedPicture.MOST_PIXELS
                || shape.get(rows + 1) > EncodedPicture.MOST_PIXELS
                || shape.get(rows) * shape.get(rows + 1) > EncodedPicture.MOST_PIXELS) {
            throw new IllegalArgumentException(images.title() + " has the shape " + header.shown()
                    + "; there must be images, of at most " + EncodedPicture.MOST_PIXELS + " pixels");
        }
        this.channels = shape.size() == 3 ? 1 : shape.get(channelsFirst ? 1 : 3).intValue();
        this.height = shape.get(rows).intValue();
        this.width = shape.get(rows + 1).intValue();
        this.labels = labels.labels();
        if (this.labels.length != shape.get(0)) {
            throw new IllegalArgumentException(images.title() + " has " + shape.get(0) + " images, and "
                    + labels.title() + " has " + this.labels.length + " labels; give one label per image");
        }
    }

    private static boolean isChannels(long side) {
        return side == 1 || side == 3;
    }

    @Override
    public int count() {
        return labels.length;
    }

    @Override
    public short[] labels() {
        return labels;
    }

    @Override
    public String title(int picture) {
        return "image " + picture + " of " + images.title();
    }

    @Override
    public void read(int[] pictures, Sink sink) {
        int imageBytes = channels * height * width;
        try (InputStream input = images.stream().open()) {
            int next = 0;
            for (int picture : pictures) {
                input.skipNBytes((long) (picture - next) * imageBytes);
                byte[] bytes = input.readNBytes(imageBytes);
                if (bytes.length < imageBytes) {
                    throw images.cut();
                }
                next = picture + 1;
                sink.take(picture, imageBytes, () -> picture(bytes));
            }
        } catch (IOException e) {
            throw images.unreadable(e);
        }
    }

    private Picture picture(byte[] bytes) {
        if (channels == 1) {
            return Picture.ofGrey(height, width, bytes);
        }
        return channelsFirst ? Picture.ofPlanes(channels, height, width, bytes) : new Picture(height, width, bytes);
    }
}
