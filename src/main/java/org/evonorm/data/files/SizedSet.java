package org.evonorm.data.files;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.evonorm.data.ImageSet;
import org.evonorm.data.Images;

/**
 * The pictures of a source in one size: resized to squares, or as they are where all have the size of the first. Some
 * hundred pictures at a time are decoded on all processors.
 */
final class SizedSet implements ImageSet {

    /** Encoded pictures that are held at once. */
    private static final int AT_ONCE = 256;

    private final PictureSource source;
    private final int classes;
    private final OptionalInt size;
    /** The picture whose size all others must have, where they are not resized; null until it is needed. */
    private Picture first;

    /**
     * The set of the pictures of a source.
     *
     * @param size side of the squares in pixels; empty for pictures that agree in size
     */
    SizedSet(PictureSource source, int classes, OptionalInt size) {
        this.source = source;
        this.classes = classes;
        this.size = size;
    }

    @Override
    public int count() {
        return source.count();
    }

    @Override
    public short[] labels() {
        return source.labels();
    }

    @Override
    public Images select(int[] indices) {
        return new Selection(indices).read();
    }

    private synchronized Picture first() {
        if (first == null) {
            source.read(new int[] {0}, (picture, decoding) -> first = decoding.get());
        }
        return first;
    }

    private int height() {
        return size.orElseGet(() -> first().height());
    }

    private int width() {
        return size.orElseGet(() -> first().width());
    }

    private Picture sized(int index, Picture picture) {
        if (size.isPresent()) {
            return Resizing.toSquare(picture, size.getAsInt());
        }
        if (picture.height() != height() || picture.width() != width()) {
            throw new IllegalArgumentException(source.title(index) + " has " + picture.size() + " pixels and not "
                    + first().size() + " as " + source.title(0)
                    + "; set data.image-size (--image-size), so that images are resized");
        }
        return picture;
    }

    /** One selection of pictures while it is read. */
    private final class Selection {

        private final int[] indices;
        private final int imageBytes;
        private final byte[] pixels;
        private final List<Supplier<Picture>> waiting = new ArrayList<>();
        private int done;

        Selection(int[] indices) {
            this.indices = indices;
            this.imageBytes = Images.bytes(1, height(), width());
            this.pixels = new byte[Images.bytes(indices.length, height(), width())];
        }

        Images read() {
            source.read(indices, (picture, decoding) -> {
                waiting.add(decoding);
                if (waiting.size() == AT_ONCE) {
                    decode();
                }
            });
            decode();
            short[] all = source.labels();
            short[] labels = new short[indices.length];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = all[indices[i]];
            }
            return new Images(indices.length, height(), width(), pixels, labels, classes);
        }

        /** Decodes the waiting pictures; of several that cannot be decoded, the first is told. */
        private void decode() {
            List<RuntimeException> failures = IntStream.range(0, waiting.size())
                    .parallel()
                    .mapToObj(this::failure)
                    .flatMap(List::stream)
                    .toList();
            if (!failures.isEmpty()) {
                throw failures.get(0);
            }
            done += waiting.size();
            waiting.clear();
        }

        private List<RuntimeException> failure(int number) {
            try {
                int index = indices[done + number];
                Picture picture = sized(index, waiting.get(number).get());
                System.arraycopy(picture.pixels(), 0, pixels, (done + number) * imageBytes, imageBytes);
                return List.of();
            } catch (RuntimeException e) {
                return List.of(e);
            }
        }
    }
}
