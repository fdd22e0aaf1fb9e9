package org.evonorm.settings;

import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.Split;
import org.evonorm.data.Standardization;
import org.evonorm.data.files.ImageFiles;
import org.evonorm.data.files.ImageFormat;

/**
 * The section {@code data} of the settings.
 *
 * @param source     kind of the images
 * @param path       path of the files; empty for the synthetic set
 * @param imageSize  side to which images of files are resized, in pixels; 0 for images that agree in size
 * @param training   number of images to train on; of files, the largest number
 * @param validation number of images that accuracies are measured on
 * @param test       number of synthetic test images, which the search never sees
 * @param seed       seed of the synthetic images, or of the choice of validation images
 */
public record DataSettings(Source source, String path, int imageSize, int training, int validation, int test, long seed)
        implements Serializable {

    /** Kind of the images: the embedded set, or a format of files. */
    public enum Source {
        SYNTHETIC(Optional.empty(), ""),
        CIFAR(Optional.of(ImageFormat.CIFAR), "the folder or .tar.gz of the CIFAR binary files"),
        FOLDER(
                Optional.of(ImageFormat.FOLDER),
                "the folder with one sub-folder of images per class, as all machines see it,"),
        NUMPY(
                Optional.of(ImageFormat.NUMPY),
                "the .npz, the .npy of images, or the folder of .npy files, as all machines see it,"),
        PARQUET(Optional.of(ImageFormat.PARQUET), "the folder of Parquet files, as all machines see it,");

        private final Optional<ImageFormat> format;
        private final String path;

        Source(Optional<ImageFormat> format, String path) {
            this.format = format;
            this.path = path;
        }

        /** The format of the files; empty for the embedded set. */
        Optional<ImageFormat> format() {
            return format;
        }
    }

    static DataSettings read(SettingsReader reader) {
        Source source = reader.choice("data.source", Source.class);
        String path = reader.text("data.path");
        if (source != Source.SYNTHETIC && path.isBlank()) {
            throw reader.refusal(
                    "data.path",
                    source.path + " when data.source is " + source.name().toLowerCase(Locale.ROOT));
        }
        int imageSize = reader.whole("data.image-size", 0, ImageFiles.MOST_SIDE);
        if (source == Source.SYNTHETIC && imageSize != 0) {
            throw reader.refusal("data.image-size", "0 when data.source is synthetic, whose images are 32×32");
        }
        return new DataSettings(
                source,
                path,
                imageSize,
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
        return source.format().filter(ImageFormat::isReadByExecutors).isPresent();
    }

    /** The images in files, not read yet. */
    public ImageCollection files() {
        ImageFormat format =
                source.format().orElseThrow(() -> new IllegalStateException("the embedded images are in no files"));
        OptionalInt size = imageSize == 0 ? OptionalInt.empty() : OptionalInt.of(imageSize);
        return ImageFiles.open(format, path, size, SparkHadoopUtil.get().conf());
    }

    /** The rule that splits the images in files. */
    public Split split() {
        return new Split(validation, training, seed);
    }

    /** The work of {@link #load}, in words. */
    public String work() {
        return source == Source.SYNTHETIC ? "drawing images" : "reading images from " + path;
    }

    /**
     * Draws the synthetic images, or reads the training and validation images of files, without their test images.
     *
     * @throws IllegalArgumentException if the files are not as expected, or have too few images
     */
    public Dataset load() {
        return source == Source.SYNTHETIC
                ? Datasets.synthetic(seed, training, validation, test)
                : Datasets.of(files(), split());
    }

    /**
     * The images of a rerank: the searched images, with held-out images for validation, and with test images.
     *
     * @param searched the images of {@link #load}
     * @param heldOut  number of held-out images
     * @throws SettingsException if training and validation images leave too few of the files' training images
     */
    public Dataset withHeldOut(Dataset searched, int heldOut) {
        if (source == Source.SYNTHETIC) {
            return searched.withValidation(heldOut(() -> Datasets.heldOutSynthetic(seed, heldOut)));
        }
        ImageCollection files = files();
        Split.Parts parts = heldOut(() -> split().of(files, heldOut));
        return searched.withValidation(files.training().select(parts.validation()))
                .withTest(files.allTest());
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
        return Datasets.part(files(), split(), heldOut, standardization, partition, partitions);
    }

    /**
     * Runs the choice of held-out images, and names the setting where it fails.
     *
     * @throws SettingsException if training and validation images leave too few of the files' training images
     */
    public static <T> T heldOut(Supplier<T> choice) {
        try {
            return choice.get();
        } catch (IllegalArgumentException e) {
            throw new SettingsException(
                    "rerank.validation-images: " + e.getMessage() + "; take fewer, or search with"
                            + " smaller data.training-images",
                    e);
        }
    }
}
