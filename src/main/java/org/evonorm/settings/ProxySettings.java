package org.evonorm.settings;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.training.TrainingSettings;

/**
 * The settings of a proxy task in a calibration: the reference, or a rung of the ladder.
 *
 * @param name     name of the rung, or {@code reference}
 * @param key      key of its section, for messages
 * @param trainIn  names of the networks that layers are trained in
 * @param networks recipe of each network, by the network's name
 * @param training settings of each training; the learning curve has a point at every step of {@code atSteps}
 * @param atSteps  steps before the last one whose accuracies count as rungs of their own, rising
 * @param seeds    trainings per layer and network
 */
public record ProxySettings(
        String name,
        String key,
        List<String> trainIn,
        Map<String, NetworkRecipe> networks,
        TrainingSettings training,
        List<Integer> atSteps,
        int seeds)
        implements Serializable {

    /** The largest number of scores of a training, each of which takes as long as some steps. */
    private static final int MOST_SCORES = 50;

    /** Reads a section with the keys of {@code calibration.reference}. */
    static ProxySettings read(SettingsReader reader, String name, String key) {
        String training = key + ".training";
        int steps = reader.whole(training + ".steps", 1);
        List<Integer> atSteps = new ArrayList<>(new TreeSet<>(reader.wholes(key + ".at-steps", 1, steps - 1)));
        int scoreEvery = commonDivisor(atSteps);
        if (scoreEvery > 0 && steps / scoreEvery > MOST_SCORES) {
            throw reader.refusal(
                    key + ".at-steps",
                    "steps whose greatest common divisor is in the " + steps + " steps at most " + MOST_SCORES
                            + " times, since layers are scored at all its multiples");
        }
        return new ProxySettings(
                name,
                key,
                reader.networks(key + ".train-in"),
                reader.recipes(key + ".networks"),
                reader.plainTraining(training, steps, scoreEvery),
                List.copyOf(atSteps),
                reader.seeds(key + ".seeds"));
    }

    /** The distance of points of a learning curve that has all these steps; 0 without a step. */
    private static int commonDivisor(List<Integer> steps) {
        int divisor = 0;
        for (int step : steps) {
            int other = step;
            while (other != 0) {
                int rest = divisor % other;
                divisor = other;
                other = rest;
            }
        }
        return divisor;
    }

    /** The key of a training in one network, as JSON: all settings that decide its result, except layer and seed. */
    public String trainingKey(String network) {
        return TrainingKey.text(TrainingKey.of(networks.get(network), training));
    }
}
