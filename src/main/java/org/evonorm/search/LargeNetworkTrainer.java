package org.evonorm.search;

import java.util.Map;
import org.apache.spark.broadcast.Broadcast;
import org.evonorm.data.Dataset;
import org.evonorm.graph.Layer;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.network.NetworkScale;
import org.evonorm.store.ScoredOn;
import org.evonorm.training.ProxyTask;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSettings;

/**
 * Trains reranked layers for real.
 *
 * @param images whose validation images are those that were held out from the search
 * @param scales how large each network is built, by its name
 */
record LargeNetworkTrainer(Broadcast<Dataset> images, int classes, Map<String, NetworkScale> scales,
                           TrainingSettings training, EngineName engineName, int threads)
        implements RerankTrainer {

    static LargeNetworkTrainer of(Settings settings, Broadcast<Dataset> images) {
        return new LargeNetworkTrainer(images, images.value().classes(), settings.rerank().scales(),
                settings.rerank().training(), settings.engine(), settings.threads());
    }

    @Override
    public String engine() {
        return engineName.text();
    }

    @Override
    public long cost(String network) {
        return NetworkCost.multiplyAdds(network(network), training.cropSize(), training.cropSize());
    }

    /** Test images are scored once, at the end; held-out ones for the learning curve as well. */
    @Override
    public TrainingResult train(Layer layer, String network, ScoredOn scoredOn, long seed) {
        boolean onTest = scoredOn == ScoredOn.TEST;
        Dataset data = onTest ? images.value().withValidation(images.value().test()) : images.value();
        return ProxyTask.train(engineName.inTask(), network(network), layer, data,
                onTest ? training.withSteps(training.steps()) : training, threads, seed);
    }

    private Network network(String name) {
        return AnchorNetworks.of(name, scales.get(name), classes);
    }
}
