package org.evonorm.search.trial;

import java.util.List;
import java.util.Optional;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.evonorm.rejection.QualityFilter;
import org.evonorm.rejection.SignalFilter;
import org.evonorm.rejection.SignalResult;
import org.evonorm.rejection.StabilityFilter;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.search.spark.ImageSource;
import org.evonorm.search.spark.TaskEngine;
import org.evonorm.settings.RejectionSettings;
import org.evonorm.settings.RobustnessObjectives;
import org.evonorm.settings.Settings;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.StretchResult;
import org.evonorm.training.TrainingListener;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingStretch;

/**
 * The evaluator that trains candidates in the proxy task. Filters run on the CPU engine, in tasks without GPU, whatever
 * engine trains.
 *
 * @param training  trainings in the search's networks
 * @param networks  names of the search's networks
 * @param rejection settings of the filters
 */
public record ProxyTaskEvaluator(NetworkTraining training, List<String> networks, RejectionSettings rejection)
        implements CandidateEvaluator {

    /** The evaluator of a search with these settings, on these images. */
    public static ProxyTaskEvaluator of(Settings settings, ImageSource images) {
        return new ProxyTaskEvaluator(
                NetworkTraining.of(settings, settings.networks(), settings.training(), images)
                        .withRobustness(RobustnessObjectives.conditions(
                                settings.search().furtherObjectives())),
                settings.search().networks(),
                settings.rejection());
    }

    @Override
    public CandidateEvaluator detached() {
        return new ProxyTaskEvaluator(training.detached(), networks, rejection);
    }

    @Override
    public CandidateEvaluator detachedFor(PartitionTask part) {
        return new ProxyTaskEvaluator(training.detachedFor(part), networks, rejection);
    }

    @Override
    public String engine() {
        return training.engine();
    }

    @Override
    public long cost(String network) {
        return training.cost(network);
    }

    @Override
    public SignalResult checkSignal(Layer layer, long seed) {
        return new SignalFilter(
                        TaskEngine.cpu(),
                        training.network(rejection.signalNetwork()),
                        training.images().images(),
                        training.settings().cropSize(),
                        rejection.signal(),
                        training.threads())
                .judge(layer, seed);
    }

    @Override
    public StabilityResult checkStability(Layer layer, long seed) {
        return new StabilityFilter(
                        TaskEngine.cpu(),
                        build(rejection.stabilityNetworks()),
                        training.images().images(),
                        training.settings().cropSize(),
                        rejection.stability(),
                        training.threads())
                .judge(layer, seed);
    }

    @Override
    public CandidateStatus checkQuality(Layer layer, long seed) {
        return new QualityFilter(
                        TaskEngine.cpu(),
                        build(networks),
                        training.images().images(),
                        training.settings(),
                        rejection.quality(),
                        training.threads())
                .judge(layer, seed, TrainingListener.SILENT);
    }

    @Override
    public CandidateStatus judgeAtFirstHurdle(Layer layer, String network, TrainingResult result) {
        double chance = training.images().images().validation().largestClassShare();
        return rejection.qualityFilter()
                ? rejection.quality().judge(network, result, chance)
                : new CandidateStatus.Passed();
    }

    @Override
    public StretchResult trainStretch(
            Layer layer,
            String network,
            long seed,
            TrainingStretch stretch,
            Optional<float[]> state,
            boolean filtered) {
        double lossLimit = filtered && rejection.qualityFilter()
                ? rejection.quality().lossLimit(network)
                : Double.POSITIVE_INFINITY;
        return training.trainStretch(
                layer,
                network,
                seed,
                stretch,
                state,
                lossLimit,
                result -> !filtered || judgeAtFirstHurdle(layer, network, result) instanceof CandidateStatus.Passed);
    }

    @Override
    public TrainingResult train(Layer layer, String network, long seed) {
        return training.train(layer, network, seed);
    }

    @Override
    public PartitionTask.Result trainPart(Layer layer, String network, long seed, PartitionTask part) {
        return training.trainPart(layer, network, seed, part);
    }

    private List<Network> build(List<String> names) {
        return names.stream().map(training::network).toList();
    }
}
