package org.evonorm.network.onnx.graph;

import java.util.List;

/**
 * The images that a model takes. A file may leave sizes open; since graphs hold for one size alone, open ones get those
 * that exports usually have.
 */
public record ImageInput(String name, int samples, int height, int width) {

    private static final int CHANNELS = 3;
    private static final int OPEN_SAMPLES = 2;
    private static final int OPEN_SIDE = 224;
    private static final int LARGEST = 1 << 12;

    /**
     * The input of a model.
     *
     * @param sizes sizes of its dimensions, 0 for open ones
     */
    static ImageInput of(String name, List<Long> sizes) {
        if (sizes.size() != 4) {
            throw new OnnxException("its input \"" + name + "\" has " + sizes.size()
                    + " dimensions, and images have four: batch, channels, height, width");
        }
        if (sizes.get(1) != CHANNELS && sizes.get(1) != 0) {
            throw new OnnxException(
                    "its input \"" + name + "\" has " + sizes.get(1) + " channels, and images have three");
        }
        return new ImageInput(
                name,
                size(name, sizes.get(0), OPEN_SAMPLES),
                size(name, sizes.get(2), OPEN_SIDE),
                size(name, sizes.get(3), OPEN_SIDE));
    }

    private static int size(String name, long size, int open) {
        if (size < 0 || size > LARGEST) {
            throw new OnnxException("its input \"" + name + "\" has a size of " + size + ", and sizes up to " + LARGEST
                    + " are supported");
        }
        return size == 0 ? open : (int) size;
    }

    public int channels() {
        return CHANNELS;
    }
}
