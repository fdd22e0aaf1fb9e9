package org.evonorm.data;

import java.io.Serializable;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A data set in three parts, which keep the images of selection apart from the images of final scores.
 *
 * @param name            {@code synthetic}, or the name in the files, for example {@code cifar10}
 * @param classNames      name per class, [classes]; empty where classes have numbers alone
 * @param training        the images on which networks are trained
 * @param validation      the images on which layers are compared
 * @param test            the images for final scores alone; none in a search that reads files
 * @param standardization mean and deviation per channel, of the training images
 */
public record Dataset(
        String name,
        List<String> classNames,
        Images training,
        Images validation,
        Images test,
        Standardization standardization)
        implements Serializable {

    public Dataset {
        classNames = List.copyOf(classNames);
    }

    /** A data set whose classes have numbers alone. */
    public Dataset(String name, Images training, Images validation, Images test, Standardization standardization) {
        this(name, List.of(), training, validation, test, standardization);
    }

    /** The same data set with other validation images. */
    public Dataset withValidation(Images images) {
        return new Dataset(name, classNames, training, images, test, standardization);
    }

    /** The same data set with other test images. */
    public Dataset withTest(Images images) {
        return new Dataset(name, classNames, training, validation, images, standardization);
    }

    /**
     * One of {@code partitions} partitions of the training, validation and test images, standardized as the whole; see
     * {@link Images#partition}.
     *
     * @param partition from 0
     * @throws IllegalArgumentException if the partition does not exist
     */
    public Dataset partition(int partition, int partitions) {
        return partitions == 1
                ? this
                : new Dataset(
                        name,
                        classNames,
                        training.partition(partition, partitions),
                        validation.partition(partition, partitions),
                        test.partition(partition, partitions),
                        standardization);
    }

    /** CRC-32 of the pixels and labels of the training and validation images, in hexadecimal. */
    public String checksum() {
        CRC32 checksum = new CRC32();
        for (Images part : List.of(training, validation)) {
            checksum.update(part.pixels());
            part.addLabels(checksum);
        }
        return Long.toHexString(checksum.getValue());
    }

    /** The facts of the data set. */
    public DatasetFacts facts() {
        return new DatasetFacts(
                name,
                classes(),
                classNames,
                training.count(),
                validation.count(),
                training.height(),
                training.width(),
                standardization,
                checksum());
    }

    /** Number of classes. */
    public int classes() {
        return training.classes();
    }
}
