package org.evonorm.data;

import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.evonorm.text.Quotation;

/**
 * The facts of a data set that the driver of a search needs, without the images themselves.
 *
 * @param name            name of the data set
 * @param classes         number of classes
 * @param classNames      name per class, [classes]; empty where classes have numbers alone
 * @param training        number of training images
 * @param validation      number of validation images
 * @param height          height of every image
 * @param width           width of every image
 * @param standardization mean and deviation per channel, of the training images
 * @param checksum        as {@link Dataset#checksum}
 */
public record DatasetFacts(
        String name,
        int classes,
        List<String> classNames,
        int training,
        int validation,
        int height,
        int width,
        Standardization standardization,
        String checksum) {

    /** Number of class names that a line shows. */
    private static final int SHOWN_NAMES = 10;

    /**
     * The facts of a split of a collection whose pixels other processes have read.
     *
     * @param training   sums over the training images
     * @param validation sums over the validation images
     */
    public static DatasetFacts of(
            ImageCollection images, SplitLabels labels, PixelFacts training, PixelFacts validation) {
        PixelFacts all = training.then(validation);
        long checksum = 0;
        checksum = PixelFacts.joined((int) checksum, training.crc(), training.bytes());
        checksum = add(labels.training(), images.classes(), checksum);
        checksum = PixelFacts.joined((int) checksum, validation.crc(), validation.bytes());
        checksum = add(labels.validation(), images.classes(), checksum);
        return new DatasetFacts(
                images.name(),
                images.classes(),
                images.classNames(),
                labels.training().length,
                labels.validation().length,
                all.height(),
                all.width(),
                training.standardization(labels.training().length),
                Long.toHexString(checksum));
    }

    /** The labels of the training images and of the validation images of a split. */
    public record SplitLabels(short[] training, short[] validation) {}

    private static long add(short[] labels, int classes, long checksum) {
        CRC32 ofLabels = new CRC32();
        Images.addLabels(labels, classes, ofLabels);
        long bytes = (long) labels.length * Images.labelBytes(classes);
        return Integer.toUnsignedLong(PixelFacts.joined((int) checksum, (int) ofLabels.getValue(), bytes));
    }

    /** A line that tells what is trained and validated on, the same for every command. */
    public String sizes() {
        String names = classNames.isEmpty() || classNames.size() > SHOWN_NAMES
                ? ""
                : ": " + classNames.stream().map(Quotation::shown).collect(Collectors.joining(", "));
        return training + " images to train on, " + validation + " to validate on (" + classes + " classes, "
                + Quotation.shown(name) + names + ")";
    }
}
