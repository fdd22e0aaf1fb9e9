package org.evonorm.rejection;

import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.data.Dataset;
import org.evonorm.engine.Engine;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.training.ProxyTask;
import org.evonorm.training.TrainingListener;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSettings;

/**
 * The quality filter (paper, section 3.3): rejects a layer that learns too little in a short training. Its threshold
 * counts from chance, which is the share of the most frequent class among the validation images. The networks are
 * trained one by one, from the cheapest on, and the first failure ends the filter.
 */
public final class QualityFilter {

    private final Engine engine;
    private final List<Network> networks;
    private final Dataset data;
    private final TrainingSettings training;
    private final QualitySettings settings;
    private final int threads;
    private final double chance;

    /**
     * @param networks networks to train, in any order
     * @param training settings of the full training, which the filter takes over except for the number of steps
     * @param settings steps and threshold
     * @param threads  threads that one training step may use
     */
    public QualityFilter(
            Engine engine,
            List<Network> networks,
            Dataset data,
            TrainingSettings training,
            QualitySettings settings,
            int threads) {
        this.engine = engine;
        this.networks = networks.stream()
                .sorted(NetworkCost.cheapestFirst(training.cropSize(), training.cropSize()))
                .toList();
        this.data = data;
        this.training = training.withSteps(settings.steps());
        this.settings = settings;
        this.threads = threads;
        this.chance = data.validation().largestClassShare();
    }

    /**
     * Trains a layer briefly in every network, and judges it by its accuracies; where one is close under the threshold, a
     * second training decides.
     *
     * @param seed     seed of the first trainings, the same for all networks, from which those of second ones are drawn
     * @param listener is called after every step of each training, and may end the training by an exception, as in
     *                 {@link ProxyTask}
     * @return passed, or rejected with the reason
     */
    public CandidateStatus judge(Layer layer, long seed, TrainingListener listener) {
        for (Network network : networks) {
            TrainingResult result = train(network, layer, seed, listener);
            if (settings.isClose(result, chance)) {
                result = train(network, layer, new SplittableRandom(seed).nextLong(), listener);
            }
            CandidateStatus status = settings.judge(network.name(), result, chance);
            if (status instanceof CandidateStatus.Rejected) {
                return status;
            }
        }
        return new CandidateStatus.Passed();
    }

    private TrainingResult train(Network network, Layer layer, long seed, TrainingListener listener) {
        return ProxyTask.trainToMark(
                engine,
                network,
                layer,
                data,
                training,
                threads,
                seed,
                listener,
                settings.lossLimit(network.name()),
                settings.mark(data.validation().count(), chance));
    }
}
