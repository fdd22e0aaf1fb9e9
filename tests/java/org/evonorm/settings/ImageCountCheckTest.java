package org.evonorm.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.evonorm.data.DatasetFacts;
import org.evonorm.data.Datasets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageCountCheckTest {

    private static final DatasetFacts IMAGES = Datasets.synthetic(1, 40, 10, 1).facts();

    private static Settings settings(String... overrides) {
        return Settings.load(Optional.empty(), List.of(overrides));
    }

    @Test
    void allOfThemAreEnough() {
        ImageCountCheck.forSearch(
                settings("training.batch-size=40", "training.crop-size=32", "rejection.stability.batch-size=40"),
                IMAGES);
        ImageCountCheck.forSearch(settings("training.batch-size=4", "training.partitions=10"), IMAGES);
        ImageCountCheck.forSearch(
                settings(
                        "training.batch-size=4",
                        "rejection.stability.enabled=off",
                        "rejection.stability.batch-size=41"),
                IMAGES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "training.batch-size=41 | training.batch-size = 41 is more than the 40 training images allow",
                "training.crop-size=33  | training.crop-size = 33 is more than the 32×32 pixels of an image allow",
                "training.partitions=11 | training.partitions = 11 is more than the 40 training and 10 validation images allow",
                "training.partitions=3  | training.batch-size = 14 is more than the 13 training images of each of 3 partitions allow",
                "rejection.stability.batch-size=41 | rejection.stability.batch-size = 41 is more than the 40 training images allow",
            })
    void moreIsRefusedWithTheSetting(String override, String start) {
        Settings settings = settings("training.batch-size=14", override);
        String message = assertThrows(SettingsException.class, () -> ImageCountCheck.forSearch(settings, IMAGES))
                .getMessage();
        assertEquals(start, message.substring(0, message.indexOf(';')));
    }

    @Test
    void aRerankNamesItsOwnSetting() {
        Settings settings = settings("training.batch-size=4", "rerank.training.batch-size=41");
        ImageCountCheck.forSearch(settings, IMAGES);
        assertEquals(
                "rerank.training.batch-size = 41 is more than the 40 training images allow; take a smaller number or"
                        + " more images",
                assertThrows(
                                SettingsException.class,
                                () -> ImageCountCheck.forTraining(
                                        "rerank.training", settings.rerank().training(), IMAGES))
                        .getMessage());
    }
}
