package org.evonorm.data.files.picture;

import java.util.function.Supplier;

/**
 * Labelled pictures of any sizes in files: the contract of a source of images, which {@link SizedSet} brings to one
 * size.
 */
public interface PictureSource {

    /** Number of pictures. */
    int count();

    /** The class numbers of all pictures, [count]. */
    short[] labels();

    /** The place of a picture in words, for messages, for example its file. */
    String title(int picture);

    /**
     * Hands over the pictures at these indices, in their order.
     *
     * @param pictures increasing indices
     * @throws IllegalArgumentException     if a file is damaged
     * @throws java.io.UncheckedIOException if a file cannot be read
     */
    void read(int[] pictures, Sink sink);

    /** The receiver of pictures. */
    @FunctionalInterface
    interface Sink {

        /**
         * Takes a picture.
         *
         * @param bytes    bytes of memory that the picture takes until it is decoded
         * @param decoding gives the picture, in any thread and once; throws IllegalArgumentException with the name of
         *                 the picture's file where it cannot be decoded
         */
        void take(int picture, int bytes, Supplier<Picture> decoding);
    }
}
