package org.evonorm.cli;

import java.util.Optional;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.Images;
import org.evonorm.data.Split;
import org.evonorm.data.Standardization;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose the images of a training. */
final class DataOptions {

    /** The images that a training is scored on. */
    enum ScoreOn {
        /** Images taken from the training images. */
        VALIDATION,
        /** The test images. */
        TEST
    }

    /** Seed of the split, which does not depend on the seed of the training. */
    private static final long SPLIT_SEED = 0;

    private static final int SYNTHETIC_TRAINING = 10_000;
    private static final int SYNTHETIC_TEST = 2_000;

    @Mixin
    private ImagesArgument source;

    @Option(
            names = "--training",
            paramLabel = "N",
            description = {"Most images to train on. Default: 10000 synthetic ones, or all that the files hold."})
    private Optional<Integer> training;

    @Option(
            names = "--validation",
            paramLabel = "N",
            defaultValue = "2000",
            description = {
                "Images that are scored on, taken from the training images and not trained on. Default: "
                        + "${DEFAULT-VALUE}."
            })
    private int validation;

    @Option(
            names = "--score-on",
            paramLabel = "IMAGES",
            defaultValue = "validation",
            description = {
                "validation, or test: nothing is taken from the training images, and the test images are "
                        + "scored, to compare "
                        + "with other programs; a search never does that. Default: ${DEFAULT-VALUE}."
            })
    private ScoreOn scoreOn;

    /** The work of {@link #dataset}, in words. */
    String work() {
        source.check();
        return source.work();
    }

    /**
     * Reads or draws the images. The validation images of the result are the images to score on.
     *
     * @throws IllegalArgumentException if an option has an impossible value
     */
    Dataset dataset() {
        Limits.atLeast("--validation", 1, validation);
        Limits.atLeast("--training", 1, training.orElse(1));
        source.check();
        if (source.isSynthetic()) {
            Limits.between("--validation", 1, Datasets.MOST_SYNTHETIC, validation);
            Limits.between("--training", 1, Datasets.MOST_SYNTHETIC, training.orElse(1));
            Dataset data =
                    Datasets.synthetic(SPLIT_SEED, training.orElse(SYNTHETIC_TRAINING), validation, SYNTHETIC_TEST);
            return scoreOn == ScoreOn.TEST ? scoredOnTest(data.name(), data.training(), data.test()) : data;
        }
        ImageCollection files = source.files();
        if (scoreOn == ScoreOn.VALIDATION) {
            return Datasets.of(files, new Split(validation, training.orElse(Integer.MAX_VALUE), SPLIT_SEED));
        }
        return scoredOnTest(files.name(), limited(files), files.allTest());
    }

    private Images limited(ImageCollection files) {
        int leftOut =
                files.training().count() - training.orElse(files.training().count());
        return leftOut > 0
                ? files.training()
                        .select(new Split(leftOut, SPLIT_SEED).of(files, 0).training())
                : files.allTraining();
    }

    private static Dataset scoredOnTest(String name, Images training, Images test) {
        return new Dataset(name, training, test, test, Standardization.of(training));
    }
}
