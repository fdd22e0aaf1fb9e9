package org.evonorm.rerank;

import java.util.Map;
import java.util.OptionalInt;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.data.Dataset;
import org.evonorm.graph.Layer;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.network.NetworkScale;
import org.evonorm.search.spark.AssignedGpu;
import org.evonorm.search.spark.GpuOfTask;
import org.evonorm.search.spark.ImageSource;
import org.evonorm.search.spark.TaskEngine;
import org.evonorm.settings.EngineName;
import org.evonorm.settings.GpuSettings;
import org.evonorm.settings.RerankSettings;
import org.evonorm.settings.Settings;
import org.evonorm.store.ScoredOn;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.ProxyTask;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSeed;
import org.evonorm.training.TrainingSettings;

/**
 * Trains reranked layers for real.
 *
 * @param images whose validation images are those that were held out from the search
 * @param gpu    that trainings take
 * @param scales how large each network is built, by its name
 */
record LargeNetworkTrainer(
        ImageSource images,
        GpuOfTask gpu,
        int classes,
        Map<String, NetworkScale> scales,
        TrainingSettings training,
        EngineName engineName,
        int threads)
        implements RerankTrainer {

    static LargeNetworkTrainer of(Settings settings, ImageSource images) {
        return new LargeNetworkTrainer(
                images,
                AssignedGpu::ofThisTask,
                images.images().classes(),
                settings.rerank().scales(),
                settings.rerank().training(),
                settings.engine(),
                settings.threads());
    }

    @Override
    public RerankTrainer detached() {
        Dataset carried = images.images();
        return detached(() -> carried);
    }

    @Override
    public RerankTrainer detachedFor(PartitionTask part) {
        return detached(new ImageSource.CarriedPart(
                images.part(part.partition(), training.localSgd().partitions())));
    }

    private RerankTrainer detached(ImageSource carried) {
        OptionalInt assigned = engineName == EngineName.CPU ? OptionalInt.empty() : gpu.index();
        return new LargeNetworkTrainer(carried, GpuOfTask.of(assigned), classes, scales, training, engineName, threads);
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
    public TrainingResult train(Layer layer, String network, ScoredOn scoredOn, long seed) {
        return ProxyTask.train(
                TaskEngine.of(engineName, gpu.index()),
                network(network),
                layer,
                scoredOn(scoredOn, images.images()),
                RerankSettings.trainingScoredOn(scoredOn, training),
                threads,
                seed);
    }

    @Override
    public PartitionTask.Result trainPart(
            Layer layer, String network, ScoredOn scoredOn, long seed, PartitionTask part) {
        return part.run(
                TaskEngine.of(engineName, gpu.index()),
                network(network),
                layer,
                scoredOn(
                        scoredOn,
                        images.part(part.partition(), training.localSgd().partitions())),
                RerankSettings.trainingScoredOn(scoredOn, training),
                threads,
                seed);
    }

    @Override
    public TrainingResult trainAveraged(
            JavaSparkContext spark, GpuSettings gpus, Layer layer, String network, ScoredOn scoredOn, long seed) {
        int partitions = training.localSgd().partitions();
        return new AveragedTraining(
                        spark,
                        gpus,
                        new AveragedTraining.Task(
                                partition -> scoredOn(scoredOn, images.part(partition, partitions)),
                                gpu,
                                network(network),
                                layer,
                                RerankSettings.trainingScoredOn(scoredOn, training),
                                new TrainingSeed(seed)))
                .train();
    }

    private static Dataset scoredOn(ScoredOn scoredOn, Dataset images) {
        return scoredOn == ScoredOn.TEST ? images.withValidation(images.test()) : images;
    }

    private Network network(String name) {
        return AnchorNetworks.of(name, scales.get(name), classes);
    }
}
