package org.evonorm.search.trial;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.evonorm.data.Dataset;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.network.NetworkScale;
import org.evonorm.rejection.QualityFilter;
import org.evonorm.rejection.StabilityFilter;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.search.spark.AssignedGpu;
import org.evonorm.search.spark.GpuOfTask;
import org.evonorm.search.spark.ImageSource;
import org.evonorm.search.spark.TaskEngine;
import org.evonorm.settings.EngineName;
import org.evonorm.settings.RejectionSettings;
import org.evonorm.settings.Settings;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.ProxyTask;
import org.evonorm.training.TrainingListener;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSettings;

/**
 * Trains candidates for real. Executors get the images from a source and build networks and engine themselves. Filters run
 * on the CPU engine, in tasks that have no GPU, whatever trains.
 *
 * @param images   that are trained and scored on
 * @param gpu      that trainings take
 * @param scales   how large each anchor network is built, by its name
 * @param networks names of the search's networks
 */
public record ProxyTaskEvaluator(
        ImageSource images,
        GpuOfTask gpu,
        int classes,
        Map<String, NetworkScale> scales,
        List<String> networks,
        TrainingSettings training,
        RejectionSettings rejection,
        EngineName engineName,
        int threads)
        implements CandidateEvaluator {

    public static ProxyTaskEvaluator of(Settings settings, ImageSource images) {
        return new ProxyTaskEvaluator(
                images,
                AssignedGpu::ofThisTask,
                images.images().classes(),
                settings.scales(),
                settings.search().networks(),
                settings.training(),
                settings.rejection(),
                settings.engine(),
                settings.threads());
    }

    @Override
    public CandidateEvaluator detached() {
        Dataset carried = images.images();
        return detached(() -> carried);
    }

    @Override
    public CandidateEvaluator detachedFor(PartitionTask part) {
        return detached(new ImageSource.CarriedPart(
                images.part(part.partition(), training.localSgd().partitions())));
    }

    private CandidateEvaluator detached(ImageSource carried) {
        OptionalInt assigned = engineName == EngineName.CPU ? OptionalInt.empty() : gpu.index();
        return new ProxyTaskEvaluator(
                carried, GpuOfTask.of(assigned), classes, scales, networks, training, rejection, engineName, threads);
    }

    @Override
    public String engine() {
        return engineName.text();
    }

    @Override
    public long cost(String network) {
        return NetworkCost.multiplyAdds(network(network), training.cropSize(), training.cropSize());
    }

    @Override
    public StabilityResult checkStability(Layer layer, long seed) {
        return new StabilityFilter(
                        TaskEngine.of(EngineName.CPU),
                        networks(rejection.stabilityNetworks()),
                        images.images(),
                        training.cropSize(),
                        rejection.stability(),
                        threads)
                .judge(layer, seed);
    }

    @Override
    public CandidateStatus checkQuality(Layer layer, long seed) {
        return new QualityFilter(
                        TaskEngine.of(EngineName.CPU),
                        networks(networks),
                        images.images(),
                        training,
                        rejection.quality(),
                        threads)
                .judge(layer, seed, TrainingListener.SILENT);
    }

    @Override
    public TrainingResult train(Layer layer, String network, long seed) {
        return ProxyTask.train(
                TaskEngine.of(engineName, gpu.index()),
                network(network),
                layer,
                images.images(),
                training,
                threads,
                seed);
    }

    @Override
    public PartitionTask.Result trainPart(Layer layer, String network, long seed, PartitionTask part) {
        return part.run(
                TaskEngine.of(engineName, gpu.index()),
                network(network),
                layer,
                images.part(part.partition(), training.localSgd().partitions()),
                training,
                threads,
                seed);
    }

    private List<Network> networks(List<String> names) {
        return names.stream().map(this::network).toList();
    }

    private Network network(String name) {
        return AnchorNetworks.of(name, scales.get(name), classes);
    }
}
