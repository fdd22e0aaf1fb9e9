package org.evonorm.settings;

import com.typesafe.config.Config;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The proxy task of a run in words. An accuracy says something only together with the networks, steps and images that
 * it was measured with, so these go wherever a layer goes.
 *
 * @param networks by name: width, depth and variant, or the file
 * @param training steps, batch and crop
 * @param images   source and number of the training images
 */
public record ProxyDescription(Map<String, String> networks, String training, String images) {

    /** The task of a run's settings, as {@link RunConf#settings(org.evonorm.store.RunFolder)} reads them. */
    public static ProxyDescription of(Config run) {
        Config settings = run.withFallback(SettingsSource.reference());
        List<String> names = settings.getStringList("search.networks");
        Map<String, String> networks = names.stream()
                .collect(Collectors.toMap(
                        name -> name, name -> network(settings.getConfig("networks." + name)), (one, same) -> one));
        String training = settings.getInt("training.steps") + " steps of " + settings.getInt("training.batch-size")
                + " crops of " + settings.getInt("training.crop-size") + "×" + settings.getInt("training.crop-size");
        String images = "at most " + settings.getInt("data.training-images") + " images of the source "
                + settings.getString("data.source");
        return new ProxyDescription(networks, training, images);
    }

    private static String network(Config network) {
        if (network.hasPath("file")) {
            return "from the file " + network.getString("file") + " (sha256 " + network.getString("sha256")
                    + "), places " + network.getString("places");
        }
        return "width " + network.getNumber("width") + ", depth " + network.getNumber("depth") + ", "
                + network.getString("variant");
    }
}
