package org.evonorm.data.files.picture;

import org.evonorm.data.ImageSet;
import org.evonorm.data.Images;

/**
 * A set of images of one size, resized to squares.
 *
 * @param size side of the squares in pixels
 */
public record ResizedSet(ImageSet original, int size) implements ImageSet {

    @Override
    public int count() {
        return original.count();
    }

    @Override
    public short[] labels() {
        return original.labels();
    }

    @Override
    public Images select(int[] indices) {
        Images images = original.select(indices);
        int before = Images.bytes(1, images.height(), images.width());
        int after = Images.bytes(1, size, size);
        byte[] pixels = new byte[Images.bytes(images.count(), size, size)];
        byte[] picture = new byte[before];
        for (int i = 0; i < images.count(); i++) {
            System.arraycopy(images.pixels(), i * before, picture, 0, before);
            Picture resized = Resizing.toSquare(new Picture(images.height(), images.width(), picture), size);
            System.arraycopy(resized.pixels(), 0, pixels, i * after, after);
        }
        return new Images(images.count(), size, size, pixels, images.labels(), images.classes());
    }
}
