package org.evonorm.data;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The data sets of all sources: the embedded images, and collections of images in files. A data set is determined by
 * its arguments, and the images that a rerank holds out are never in a data set of the same arguments.
 */
public final class Datasets {

    /** The largest number of synthetic images of one kind: their pixels are bytes of one array, 3 KiB per image. */
    public static final int MOST_SYNTHETIC = 500_000;

    private Datasets() {}

    /**
     * The embedded data set, named {@code synthetic}. Every part is a draw of {@link SyntheticImages} with a seed of
     * its own, so that the number of images in one part does not change the images of another.
     *
     * @throws IllegalArgumentException if a number of images is below 1 or too large
     */
    public static Dataset synthetic(long seed, int training, int validation, int test) {
        SplittableRandom seeds = new SplittableRandom(seed);
        Images trainingImages = SyntheticImages.draw(training, seeds.nextLong());
        return new Dataset(
                "synthetic",
                trainingImages,
                SyntheticImages.draw(validation, seeds.nextLong()),
                SyntheticImages.draw(test, seeds.nextLong()),
                Standardization.of(trainingImages));
    }

    /** Held-out images of the embedded set, from the draw after the three of {@link #synthetic} with the same seed. */
    public static Images heldOutSynthetic(long seed, int count) {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int part = 0; part < 3; part++) {
            seeds.nextLong();
        }
        return SyntheticImages.draw(count, seeds.nextLong());
    }

    /**
     * The training and validation images of a collection, without test images.
     *
     * @throws IllegalArgumentException     if files are missing or wrong, or if the split leaves no training image
     * @throws java.io.UncheckedIOException if files cannot be read
     */
    public static Dataset of(ImageCollection images, Split split) {
        Split.Parts parts = split.of(images, 0);
        Images training = images.training().select(parts.training());
        return new Dataset(
                images.name(),
                images.classNames(),
                training,
                images.training().select(parts.validation()),
                training.select(new int[0]),
                Standardization.of(training));
    }

    /**
     * One partition of the data set of {@link #of}, equal to {@link Dataset#partition} of the whole, for executors that
     * train on one partition. Labels are read from all files, pixels only from files with images of the partition.
     *
     * @param heldOut         number of held-out images that take the place of the validation images ({@link Split#of}),
     *                        which brings a partition of the test images too; 0 for the validation images
     * @param standardization the standardization of the whole data set
     * @param partition       from 0
     * @throws IllegalArgumentException if files are missing, wrong or damaged, or if the split is impossible
     */
    public static Dataset part(
            ImageCollection images,
            Split split,
            int heldOut,
            Standardization standardization,
            int partition,
            int partitions) {
        Split.Parts parts = split.of(images, heldOut).partition(partition, partitions);
        Images training = images.training().select(parts.training());
        int[] test = IntStream.range(0, images.test().count()).toArray();
        return new Dataset(
                images.name(),
                images.classNames(),
                training,
                images.training().select(parts.validation()),
                heldOut == 0
                        ? training.select(new int[0])
                        : images.test().select(Split.partitionOf(test, partition, partitions)),
                standardization);
    }
}
