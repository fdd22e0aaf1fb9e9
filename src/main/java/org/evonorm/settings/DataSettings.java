package org.evonorm.settings;

import java.io.Serializable;
import java.nio.file.Path;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.Images;
import org.evonorm.data.ParquetImages;
import org.evonorm.data.Standardization;

/**
 * The section {@code data} of the settings.
 *
 * @param source     kind of the images
 * @param path       path of the files; empty for the synthetic set
 * @param training   number of images to train on; of files, the largest number
 * @param validation number of images that accuracies are measured on
 * @param test       number of synthetic test images, which the search never sees
 * @param seed       seed of the synthetic images, or of the choice of validation images
 */
public record DataSettings(Source source, String path, int training, int validation, int test, long seed)
        implements Serializable {

    /** Kind of the images: the embedded set, CIFAR files on the driver's machine, or Parquet on a shared path. */
    public enum Source {
        SYNTHETIC,
        CIFAR,
        PARQUET
    }

    static DataSettings read(SettingsReader reader) {
        Source source = reader.choice("data.source", Source.class);
        String path = reader.text("data.path");
        if (source == Source.PARQUET && path.isBlank()) {
            throw reader.refusal(
                    "data.path",
                    "the folder that evonorm images wrote, as all machines see it, when data.source is parquet");
        }
        if (source == Source.CIFAR && path.isBlank()) {
            throw reader.refusal(
                    "data.path", "the folder or .tar.gz of the CIFAR binary files when data.source is cifar");
        }
        return new DataSettings(
                source,
                path,
                count(reader, "data.training-images"),
                count(reader, "data.validation-images"),
                count(reader, "data.test-images"),
                reader.seed("data.seed"));
    }

    /** A number of images; synthetic ones are drawn, so that their number is the memory that they take. */
    static int count(SettingsReader reader, String key) {
        return reader.choice("data.source", Source.class) == Source.SYNTHETIC
                ? reader.whole(key, 1, Datasets.MOST_SYNTHETIC)
                : reader.whole(key, 1);
    }

    /** Whether every executor reads the images itself, from a shared path. */
    public boolean isShared() {
        return source == Source.PARQUET;
    }

    private ParquetImages parquet() {
        return ParquetImages.read(path, SparkHadoopUtil.get().conf());
    }

    /** The work of {@link #load}, in words. */
    public String work() {
        return source == Source.SYNTHETIC ? "drawing images" : "reading images from " + path;
    }

    /**
     * Draws the synthetic images, or reads the files.
     *
     * @throws IllegalArgumentException if the files are not as expected, or have too few images
     */
    public Dataset load() {
        return switch (source) {
            case SYNTHETIC -> Datasets.synthetic(seed, training, validation, test);
            case CIFAR -> Datasets.cifar(Path.of(path), validation, seed, training);
            case PARQUET -> Datasets.parquet(parquet(), validation, seed, training);
        };
    }

    /**
     * One partition of images on a shared path, standardized like the whole data set.
     *
     * @param heldOut         number of held-out images that take the place of the validation images; 0 for none
     * @param standardization mean and deviation of the whole training set
     * @param partition       number of the partition, from 0
     * @param partitions      number of partitions
     */
    public Dataset loadPart(int heldOut, Standardization standardization, int partition, int partitions) {
        return Datasets.parquetPart(
                path,
                SparkHadoopUtil.get().conf(),
                validation,
                seed,
                training,
                heldOut,
                standardization,
                partition,
                partitions);
    }

    /**
     * Held-out images, which {@link #load} has in none of its parts.
     *
     * @param count number of images
     * @throws SettingsException if training and validation images leave too few of the files' training images
     */
    public Images loadHeldOut(int count) {
        try {
            return switch (source) {
                case SYNTHETIC -> Datasets.heldOutSynthetic(seed, count);
                case CIFAR -> Datasets.heldOutCifar(Path.of(path), validation, seed, training, count);
                case PARQUET -> Datasets.heldOutParquet(parquet(), validation, seed, training, count);
            };
        } catch (IllegalArgumentException e) {
            throw new SettingsException(
                    "rerank.validation-images: " + e.getMessage() + "; take fewer, or search with"
                            + " smaller data.training-images",
                    e);
        }
    }
}
