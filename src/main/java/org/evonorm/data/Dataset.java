package org.evonorm.data;

import java.io.Serializable;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The images of one task: the search trains on {@code training} and compares on {@code validation}; {@code test} is for
 * final scores alone.
 *
 * @param standardization per-channel mean and deviation of the training images
 */
public record Dataset(String name, Images training, Images validation, Images test, Standardization standardization)
        implements Serializable {

    /** The same task compared on other images. */
    public Dataset withValidation(Images images) {
        return new Dataset(name, training, images, test, standardization);
    }

    /** One of {@code partitions} parts of the training, validation and test images, standardized like the whole. */
    public Dataset partition(int partition, int partitions) {
        return partitions == 1
                ? this
                : new Dataset(
                        name,
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
            checksum.update(part.labels());
        }
        return Long.toHexString(checksum.getValue());
    }

    /** Number of classes. */
    public int classes() {
        return training.classes();
    }
}
