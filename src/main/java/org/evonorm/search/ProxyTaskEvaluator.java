package org.evonorm.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.broadcast.Broadcast;
import org.evonorm.data.Dataset;
import org.evonorm.engine.Engine;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.graph.Layer;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.network.NetworkScale;
import org.evonorm.rejection.QualityFilter;
import org.evonorm.rejection.QualitySettings;
import org.evonorm.rejection.Verdict;
import org.evonorm.training.ProxyTask;
import org.evonorm.training.TrainingListener;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSettings;

/**
 * Trains candidates for real. Executors get the images by broadcast and build networks and engine themselves.
 *
 * @param scales how large each network of the search is built, by its name
 */
record ProxyTaskEvaluator(Broadcast<Dataset> images, int classes, Map<String, NetworkScale> scales,
                          TrainingSettings training, QualitySettings quality, int threads)
        implements CandidateEvaluator {

    static ProxyTaskEvaluator of(Settings settings, Broadcast<Dataset> images) {
        Map<String, NetworkScale> scales = new LinkedHashMap<>();
        settings.search().networks().forEach(name -> scales.put(name, settings.scales().get(name)));
        return new ProxyTaskEvaluator(images, images.value().classes(), scales, settings.training(),
                settings.rejection().quality(), settings.threads());
    }

    @Override
    public String engine() {
        return Settings.CPU;
    }

    @Override
    public long cost(String network) {
        return NetworkCost.multiplyAdds(network(network), training.cropSize(), training.cropSize());
    }

    @Override
    public Verdict checkQuality(Layer layer, long seed) {
        List<Network> networks = new ArrayList<>();
        scales.keySet().forEach(name -> networks.add(network(name)));
        return new QualityFilter(newEngine(), networks, images.value(), training, quality, threads)
                .judge(layer, seed, TrainingListener.SILENT);
    }

    @Override
    public TrainingResult train(Layer layer, String network, long seed) {
        return ProxyTask.train(newEngine(), network(network), layer, images.value(), training, threads, seed);
    }

    private Network network(String name) {
        return AnchorNetworks.of(name, scales.get(name), classes);
    }

    private static Engine newEngine() {
        try {
            return new CpuEngine();
        } catch (IllegalStateException e) {
            throw new UnfitMachineError(e);
        }
    }
}
