package org.evonorm.settings;

import org.evonorm.data.Dataset;
import org.evonorm.data.Images;
import org.evonorm.training.TrainingSettings;

/**
 * Checks that a data set has enough images, and large enough ones, for the trainings; it runs before a run's folder is
 * written.
 */
public final class ImageCountCheck {

    private ImageCountCheck() {}

    /**
     * Checks the filters and trainings of a search.
     *
     * @throws SettingsException if a batch, a crop or the partitions ask for more than the images have; the message
     *                           names the setting
     */
    public static void forSearch(Settings settings, Dataset images) {
        forTraining("training", settings.training(), images);
        int batch = settings.rejection().stability().batchSize();
        if (settings.rejection().stabilityFilter() && batch > images.training().count()) {
            throw tooLarge(
                    "rejection.stability.batch-size", batch, images.training().count() + " training images");
        }
    }

    /**
     * Checks the trainings that a section of the settings describes, as {@link #forSearch} does.
     *
     * @param section name of the section, for messages
     */
    public static void forTraining(String section, TrainingSettings training, Dataset images) {
        int partitions = training.localSgd().partitions();
        int fewest = Math.min(images.training().count(), images.validation().count());
        if (partitions > fewest) {
            throw tooLarge(
                    section + ".partitions",
                    partitions,
                    images.training().count() + " training and "
                            + images.validation().count() + " validation images");
        }
        int perPartition = images.training().count() / partitions;
        if (training.batchSize() > perPartition) {
            throw tooLarge(
                    section + ".batch-size",
                    training.batchSize(),
                    perPartition + " training images"
                            + (partitions > 1 ? " of each of " + partitions + " partitions" : ""));
        }
        Images pictures = images.training();
        if (training.cropSize() > Math.min(pictures.height(), pictures.width())) {
            throw tooLarge(
                    section + ".crop-size",
                    training.cropSize(),
                    pictures.height() + "×" + pictures.width() + " pixels of an image");
        }
    }

    private static SettingsException tooLarge(String key, int value, String available) {
        return new SettingsException(key + " = " + value + " is more than the " + available
                + " allow; take a smaller number" + (key.endsWith("crop-size") ? "" : " or more images"));
    }
}
