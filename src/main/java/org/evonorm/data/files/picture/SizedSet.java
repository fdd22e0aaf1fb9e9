package org.evonorm.data.files.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** Pictures that are decoded together. */
    private static final int AT_ONCE = 256;
    /** Bytes of encoded pictures from which on they are decoded, though they are fewer. */
    private static final long BYTES_AT_ONCE = 1 << 26;

    private final PictureSource source;
    private final int classes;
    private final OptionalInt size;
    /** The set whose first picture has the size that all others must have, where pictures are not resized. */
    private final Optional<SizedSet> model;

    private Optional<Picture> first = Optional.empty();

    /**
     * The set of the pictures of a source.
     *
     * @param size side of the squares in pixels; empty for pictures that agree in size
     */
    SizedSet(PictureSource source, int classes, OptionalInt size) {
        this(source, classes, size, Optional.empty());
    }

    private SizedSet(PictureSource source, int classes, OptionalInt size, Optional<SizedSet> model) {
        this.source = source;
        this.classes = classes;
        this.size = size;
        this.model = model;
    }

    /** The set of the pictures of another source with the same classes, in the size of this set's pictures. */
    SizedSet ofSameSize(PictureSource other) {
        return new SizedSet(other, classes, size, Optional.of(this));
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

    private Picture first() {
        return model.isPresent() ? model.get().first() : ownFirst();
    }

    private synchronized Picture ownFirst() {
        if (first.isEmpty()) {
            source.read(new int[] {0}, (picture, bytes, decoding) -> first = Optional.of(decoding.get()));
        }
        return first.orElseThrow();
    }

    private String titleOfFirst() {
        return model.orElse(this).source.title(0);
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
                    + first().size() + " as " + titleOfFirst()
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
        private long held;

        Selection(int[] indices) {
            this.indices = indices;
            this.imageBytes = Images.bytes(1, height(), width());
            this.pixels = new byte[Images.bytes(indices.length, height(), width())];
        }

        Images read() {
            source.read(indices, (picture, bytes, decoding) -> {
                waiting.add(decoding);
                held += bytes;
                if (waiting.size() == AT_ONCE || held > BYTES_AT_ONCE) {
                    decode();
                }
            });
            decode();
            return new Images(
                    indices.length, height(), width(), pixels, ImageSet.selected(source.labels(), indices), classes);
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
            held = 0;
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
