package org.evonorm.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/** Where the images of a task come from. */
public final class Datasets {

    private Datasets() {}

    /**
     * The embedded set, named {@code synthetic}: {@link SyntheticImages} in three draws of their own, so that the
     * number of images in one does not change the images of another.
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

    /** Images of the embedded set that no part of {@link #synthetic} with the same seed holds. */
    public static Images heldOutSynthetic(long seed, int count) {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int part = 0; part < 3; part++) {
            seeds.nextLong();
        }
        return SyntheticImages.draw(count, seeds.nextLong());
    }

    /** Training images of the distribution that {@link #cifar(Path, int, long, int)} leaves out. */
    public static Images heldOutCifar(Path path, int validation, long seed, int trainingAtMost, int count) {
        return ValidationSplit.heldOut(CifarFiles.read(path).training(), validation, trainingAtMost, count, seed);
    }

    /** CIFAR-10 or CIFAR-100, named {@code cifar10} or {@code cifar100}; see {@link #cifar(Path, int, long, int)}. */
    public static Dataset cifar(Path path, int validation, long seed) {
        return cifar(path, validation, seed, Integer.MAX_VALUE);
    }

    /**
     * CIFAR-10 or CIFAR-100, whichever {@link CifarFiles} finds. The test images are the distribution's own; the
     * {@code validation} images are drawn by the seed from its training images, and at most {@code trainingAtMost} of
     * the others are trained on.
     */
    public static Dataset cifar(Path path, int validation, long seed, int trainingAtMost) {
        CifarFiles files = CifarFiles.read(path);
        return split(files.name(), files.training(), files.test(), validation, seed, trainingAtMost);
    }

    /** As {@link #cifar(Path, int, long, int)}, of images that {@link ParquetImages#write} wrote to a folder. */
    public static Dataset parquet(ParquetImages files, int validation, long seed, int trainingAtMost) {
        return split(files.name(), files.training(), files.test(), validation, seed, trainingAtMost);
    }

    /**
     * One of the parts of what {@link #parquet} gives, as {@link Dataset#partition} has them; of the files, those alone are
     * read that hold images of the part, and the labels of the others.
     *
     * @param heldOut         if above 0, so many of the images that {@link #heldOutParquet} gives validate
     * @param standardization of the whole
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
        StratifiedOrder deal =
                new StratifiedOrder(training.labels(), training.classes(), validation, trainingAtMost, seed);
        UnaryOperator<int[]> part = numbers -> Arrays.copyOfRange(
                numbers,
                Images.start(numbers.length, partition, partitions),
                Images.start(numbers.length, partition + 1, partitions));
        return new Dataset(
                training.name(),
                training.select(part.apply(deal.training())),
                training.select(part.apply(heldOut == 0 ? deal.validation() : deal.heldOut(heldOut))),
                test.select(part.apply(IntStream.range(0, test.count()).toArray())),
                standardization);
    }

    /** Training images that {@link #parquet} leaves out. */
    public static Images heldOutParquet(ParquetImages files, int validation, long seed, int trainingAtMost, int count) {
        return ValidationSplit.heldOut(files.training(), validation, trainingAtMost, count, seed);
    }

    private static Dataset split(
            String name, Images training, Images test, int validation, long seed, int trainingAtMost) {
        ValidationSplit split = ValidationSplit.of(training, validation, trainingAtMost, seed);
        return new Dataset(name, split.training(), split.validation(), test, Standardization.of(split.training()));
    }
}
