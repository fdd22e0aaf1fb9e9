package org.evonorm.settings;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.training.TrainingSettings;

/**
 * Checks that trainings fit into the memory of this machine, before one starts. The estimate counts the outputs of
 * convolutions and layers of one batch alone, which a training certainly keeps for its derivatives; so no training that
 * fits is refused, and one that would fill the memory many times over is.
 */
public final class MemoryCheck {

    /** Number of classes; another number makes no difference to the estimate. */
    private static final int CLASSES = 10;

    private MemoryCheck() {}

    /**
     * Checks the trainings of a search.
     *
     * @param atOnce number of trainings that run at once on this machine
     * @throws SettingsException if the trainings do not fit
     */
    public static void forSearch(Settings settings, int atOnce) {
        forTrainings(
                "", settings.training(), settings.networks(), settings.search().networks(), atOnce);
    }

    /** Checks the trainings of a rerank, as {@link #forSearch}. */
    public static void forRerank(Settings settings, int atOnce) {
        forTrainings(
                "rerank.",
                settings.rerank().training(),
                settings.rerank().networks(),
                settings.search().networks(),
                atOnce);
    }

    /** Checks the trainings of a calibration, as {@link #forSearch}. */
    public static void forCalibration(Settings settings, int atOnce) {
        CalibrationSettings calibration = settings.calibration();
        Stream.concat(Stream.of(calibration.reference()), calibration.rungs().stream())
                .forEach(proxy ->
                        forTrainings(proxy.key() + ".", proxy.training(), proxy.networks(), proxy.trainIn(), atOnce));
    }

    private static void forTrainings(
            String section,
            TrainingSettings training,
            Map<String, NetworkRecipe> networks,
            List<String> trainIn,
            int atOnce) {
        for (String name : trainIn) {
            NetworkRecipe recipe = networks.get(name);
            String scale = recipe instanceof NetworkRecipe.Anchor
                    ? ", " + section + "networks." + name + ".width, " + section + "networks." + name + ".depth"
                    : "";
            String keys = section + "training.batch-size, " + section + "training.crop-size" + scale
                    + " or the cores of --master";
            try {
                require(recipe.build(CLASSES), training.batchSize(), training.cropSize(), atOnce, keys);
            } catch (IllegalArgumentException e) {
                throw new SettingsException(e.getMessage(), e);
            }
        }
    }

    /**
     * Checks the steps of a network.
     *
     * @param atOnce number of trainings that run at once
     * @param keys   the options or settings to lower, for the message
     * @throws IllegalArgumentException if the images are too small for the network, or the activations alone do not fit
     *     into the memory
     */
    public static void require(Network network, int batch, int size, int atOnce, String keys) {
        network.requireSide(size);
        double bytes = (double) Float.BYTES * NetworkCost.activations(network, size, size) * batch * atOnce;
        double memory = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        if (bytes > memory) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "a step of %s with batches of %d images of %d×%d pixels%s takes more than %.0f GiB of memory, and"
                            + " this machine has %.0f GiB; lower %s",
                    network.name(),
                    batch,
                    size,
                    size,
                    atOnce > 1 ? ", " + atOnce + " at once," : "",
                    bytes / (1L << 30),
                    memory / (1L << 30),
                    keys));
        }
    }
}
