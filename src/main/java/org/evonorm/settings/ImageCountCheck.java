package org.evonorm.settings;

import org.evonorm.data.DatasetFacts;
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
    public static void forSearch(Settings settings, DatasetFacts images) {
        forTraining("training", settings.training(), images);
        int batch = settings.rejection().stability().batchSize();
        if (settings.rejection().stabilityFilter() && batch > images.training()) {
            throw tooLarge("rejection.stability.batch-size", batch, images.training() + " training images");
        }
    }

    /**
     * Checks the trainings that a section of the settings describes, as {@link #forSearch} does.
     *
     * @param section name of the section, for messages
     */
    public static void forTraining(String section, TrainingSettings training, DatasetFacts images) {
        int partitions = training.localSgd().partitions();
        int fewest = Math.min(images.training(), images.validation());
        if (partitions > fewest) {
            throw tooLarge(
                    section + ".partitions",
                    partitions,
                    images.training() + " training and " + images.validation() + " validation images");
        }
        int perPartition = images.training() / partitions;
        if (training.batchSize() > perPartition) {
            throw tooLarge(
                    section + ".batch-size",
                    training.batchSize(),
                    perPartition + " training images"
                            + (partitions > 1 ? " of each of " + partitions + " partitions" : ""));
        }
        if (training.cropSize() > Math.min(images.height(), images.width())) {
            throw tooLarge(
                    section + ".crop-size",
                    training.cropSize(),
                    images.height() + "×" + images.width() + " pixels of an image");
        }
    }

    private static SettingsException tooLarge(String key, int value, String available) {
        return new SettingsException(key + " = " + value + " is more than the " + available
                + " allow; take a smaller number" + (key.endsWith("crop-size") ? "" : " or more images"));
    }
}
