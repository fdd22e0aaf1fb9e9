package org.evonorm.search.spark;

import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.data.DatasetFacts;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.ImageSet;
import org.evonorm.data.PixelFacts;
import org.evonorm.data.Split;
import org.evonorm.settings.DataSettings;

/**
 * The facts of images on a shared path, which executors read in stretches: mean, deviation and checksum are put
 * together from the stretches, so that the driver holds labels alone.
 */
final class SharedFacts {

    /** Stretches per core, so that a slow one does not hold up the others. */
    private static final int STRETCHES_PER_CORE = 3;

    private static final int FEWEST_IMAGES = 256;

    private SharedFacts() {}

    /** A stretch of the images to train on or to validate on. */
    private record Stretch(int[] indices) implements Serializable {}

    /**
     * The result of a task.
     *
     * @param sums  sums over the stretch; empty if it could not be read
     * @param fault the sentence that tells why
     */
    private record StretchResult(List<PixelFacts> sums, String fault) implements Serializable {

        PixelFacts require() {
            if (sums.isEmpty()) {
                throw new IllegalArgumentException(fault);
            }
            return sums.get(0);
        }
    }

    /**
     * The facts of the split that the settings ask for.
     *
     * @param heldOut number of held-out images that take the place of the validation images; 0 for none
     * @throws IllegalArgumentException if files are missing, damaged or do not fit; the message names the file
     * @throws org.evonorm.settings.SettingsException if too few images are left to hold out
     */
    static DatasetFacts read(JavaSparkContext spark, DataSettings data, int heldOut) {
        ImageCollection images = data.files();
        Split.Parts parts = heldOut == 0
                ? data.split().of(images, 0)
                : DataSettings.heldOut(() -> data.split().of(images, heldOut));
        short[] labels = images.training().labels();
        return DatasetFacts.of(
                images,
                new DatasetFacts.SplitLabels(
                        ImageSet.selected(labels, parts.training()), ImageSet.selected(labels, parts.validation())),
                pixels(spark, data, parts.training()),
                pixels(spark, data, parts.validation()));
    }

    private static PixelFacts pixels(JavaSparkContext spark, DataSettings data, int[] indices) {
        int stretches =
                Math.max(1, Math.min(indices.length / FEWEST_IMAGES, STRETCHES_PER_CORE * spark.defaultParallelism()));
        List<Stretch> all = new ArrayList<>();
        for (int i = 0; i < stretches; i++) {
            all.add(new Stretch(Arrays.copyOfRange(indices, (int) ((long) indices.length * i / stretches), (int)
                    ((long) indices.length * (i + 1) / stretches))));
        }
        return spark.parallelize(all, stretches).map(stretch -> read(data, stretch)).collect().stream()
                .map(StretchResult::require)
                .reduce(PixelFacts::then)
                .orElseThrow();
    }

    private static StretchResult read(DataSettings data, Stretch stretch) {
        try {
            ImageSet images = data.files().training();
            Optional<PixelFacts> sums = images.parts(stretch.indices).stream()
                    .map(part -> PixelFacts.of(images.select(part)))
                    .reduce(PixelFacts::then);
            return new StretchResult(sums.stream().toList(), "");
        } catch (IllegalArgumentException | UncheckedIOException e) {
            // A path that is right here may lead nowhere on another machine.
            return new StretchResult(List.of(), e.getMessage() + host());
        }
    }

    /** The machine where this task runs, if it is another process's. */
    private static String host() {
        SparkEnv here = SparkEnv.get();
        return here.executorId().equals("driver")
                ? ""
                : " (read on " + here.blockManager().blockManagerId().host() + ")";
    }
}
