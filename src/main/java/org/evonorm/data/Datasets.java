package org.evonorm.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * The data sets of all sources: the embedded images, CIFAR files and Parquet files. A data set is determined by its
 * arguments, and the images that a rerank holds out are never in a data set of the same arguments.
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
     * Held-out images: training images of the distribution that {@link #cifar(Path, int, long, int)} leaves out.
     *
     * @throws IllegalArgumentException if fewer than {@code count} images are left
     */
    public static Images heldOutCifar(Path path, int validation, long seed, int trainingAtMost, int count) {
        return ValidationSplit.heldOut(CifarFiles.read(path).training(), validation, trainingAtMost, count, seed);
    }

    /** CIFAR-10 or CIFAR-100, named {@code cifar10} or {@code cifar100}; see {@link #cifar(Path, int, long, int)}. */
    public static Dataset cifar(Path path, int validation, long seed) {
        return cifar(path, validation, seed, Integer.MAX_VALUE);
    }

    /**
     * CIFAR-10 or CIFAR-100, whichever {@link CifarFiles} finds. The test images are the distribution's test images.
     * The seed draws the validation images from the distribution's training images; the rest is for training.
     *
     * @param validation     number of validation images
     * @param trainingAtMost largest number of training images
     * @throws IllegalArgumentException     if files are missing or wrong, or if the split leaves no training image
     * @throws java.io.UncheckedIOException if files cannot be read
     */
    public static Dataset cifar(Path path, int validation, long seed, int trainingAtMost) {
        CifarFiles files = CifarFiles.read(path);
        return split(files.name(), files.training(), files.test(), validation, seed, trainingAtMost);
    }

    /** As {@link #cifar(Path, int, long, int)}, from the images of a folder of Parquet files. */
    public static Dataset parquet(ParquetImages files, int validation, long seed, int trainingAtMost) {
        return split(files.name(), files.training(), files.test(), validation, seed, trainingAtMost);
    }

    /**
     * One partition of the data set of {@link #parquet}, equal to {@link Dataset#partition} of the whole, for executors
     * that train on one partition. Labels are read from all files, pixels only from files with images of the partition.
     *
     * @param heldOut         number of held-out images that take the place of the validation images, as
     *                        {@link #heldOutParquet} gives them; 0 for the validation images
     * @param standardization the standardization of the whole data set
     * @param partition       from 0
     * @throws IllegalArgumentException if files are missing, wrong or damaged, or if the split is impossible
     */
    public static Dataset parquetPart(
            String folder,
            Configuration hadoop,
            int validation,
            long seed,
            int trainingAtMost,
            int heldOut,
            Standardization standardization,
            int partition,
            int partitions) {
        ParquetSet training = ParquetImages.training(folder, hadoop);
        ParquetSet test = ParquetImages.test(folder, hadoop);
        StratifiedOrder order =
                new StratifiedOrder(training.labels(), training.classes(), validation, trainingAtMost, seed);
        UnaryOperator<int[]> ofPartition = indices -> Arrays.copyOfRange(
                indices,
                Images.partitionStart(indices.length, partition, partitions),
                Images.partitionStart(indices.length, partition + 1, partitions));
        return new Dataset(
                training.name(),
                training.select(ofPartition.apply(order.training())),
                training.select(ofPartition.apply(heldOut == 0 ? order.validation() : order.heldOut(heldOut))),
                test.select(ofPartition.apply(IntStream.range(0, test.count()).toArray())),
                standardization);
    }

    /**
     * Held-out images: training images that {@link #parquet} leaves out.
     *
     * @throws IllegalArgumentException if fewer than {@code count} images are left
     */
    public static Images heldOutParquet(ParquetImages files, int validation, long seed, int trainingAtMost, int count) {
        return ValidationSplit.heldOut(files.training(), validation, trainingAtMost, count, seed);
    }

    private static Dataset split(
            String name, Images training, Images test, int validation, long seed, int trainingAtMost) {
        ValidationSplit split = ValidationSplit.of(training, validation, trainingAtMost, seed);
        return new Dataset(name, split.training(), split.validation(), test, Standardization.of(split.training()));
    }
}
