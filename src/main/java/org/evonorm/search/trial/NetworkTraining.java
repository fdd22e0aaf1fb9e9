package org.evonorm.search.trial;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.evonorm.data.Dataset;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.search.spark.AssignedGpu;
import org.evonorm.search.spark.GpuOfTask;
import org.evonorm.search.spark.ImageSource;
import org.evonorm.search.spark.TaskEngine;
import org.evonorm.settings.EngineName;
import org.evonorm.settings.Settings;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.ProxyTask;
import org.evonorm.training.Robustness;
import org.evonorm.training.RobustnessScoring;
import org.evonorm.training.StretchResult;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSettings;
import org.evonorm.training.TrainingStretch;

/**
 * The training of layers in networks, inside Spark tasks: the work that a search and a rerank share. Executors
 * get the images from a source, and build networks and engine themselves.
 *
 * @param images     source of the images to train and score on
 * @param gpu        GPU of a training
 * @param classes    number of classes of the images
 * @param networks   recipe of each network, by its name
 * @param settings   settings of the trainings
 * @param engineName engine of the trainings
 * @param threads    threads of one training
 * @param robustness conditions under which trainings are scored at their ends
 */
public record NetworkTraining(
        ImageSource images,
        GpuOfTask gpu,
        int classes,
        Map<String, NetworkRecipe> networks,
        TrainingSettings settings,
        EngineName engineName,
        int threads,
        List<Robustness> robustness)
        implements Serializable {

    /** Trainings in these networks; engine and threads come from the settings of the run. */
    public static NetworkTraining of(
            Settings run, Map<String, NetworkRecipe> networks, TrainingSettings settings, ImageSource images) {
        return new NetworkTraining(
                images,
                AssignedGpu::ofThisTask,
                images.classes(),
                networks,
                settings,
                run.engine(),
                run.threads(),
                List.of());
    }

    /** The same trainings, scored under these conditions too. */
    public NetworkTraining withRobustness(List<Robustness> conditions) {
        return new NetworkTraining(images, gpu, classes, networks, settings, engineName, threads, conditions);
    }

    /** The same trainings with other settings. */
    public NetworkTraining withSettings(TrainingSettings other) {
        return new NetworkTraining(images, gpu, classes, networks, other, engineName, threads, robustness);
    }

    /** The same trainings on other images. */
    public NetworkTraining withImages(ImageSource other) {
        return new NetworkTraining(other, gpu, classes, networks, settings, engineName, threads, robustness);
    }

    /**
     * The same trainings outside the thread or JVM of the Spark task: the copy contains the images, and the
     * GPU that the task was assigned.
     */
    public NetworkTraining detached() {
        Dataset loaded = images.images();
        return detached(() -> loaded);
    }

    /** As {@link #detached}, with the images of one partition alone. */
    public NetworkTraining detachedFor(PartitionTask part) {
        return detached(new ImageSource.LoadedPart(imagesOf(part.partition())));
    }

    private NetworkTraining detached(ImageSource loaded) {
        OptionalInt assigned = engineName == EngineName.CPU ? OptionalInt.empty() : gpu.index();
        return new NetworkTraining(
                loaded, GpuOfTask.of(assigned), classes, networks, settings, engineName, threads, robustness);
    }

    /** The images of one of the partitions that the settings ask for. */
    public Dataset imagesOf(int partition) {
        return images.part(partition, settings.localSgd().partitions());
    }

    /** Name of the engine, for the tables. */
    public String engine() {
        return engineName.text();
    }

    /** Multiply-adds of the network per image, at the size of the training's crops. */
    public long cost(String network) {
        return NetworkCost.multiplyAdds(network(network), settings.cropSize(), settings.cropSize());
    }

    /** Trains a layer in one network on all images. */
    public TrainingResult train(Layer layer, String network, long seed) {
        return ProxyTask.train(
                TaskEngine.of(engineName, gpu.index()),
                network(network),
                layer,
                images.images(),
                settings,
                threads,
                seed,
                RobustnessScoring.of(robustness));
    }

    /**
     * Trains a layer in one network on all images for a stretch of the training, as {@link ProxyTask#trainStretch}.
     *
     * @param goesOn whether the candidate goes on after this result, so that its robustness is worth its scores
     */
    public StretchResult trainStretch(
            Layer layer,
            String network,
            long seed,
            TrainingStretch stretch,
            Optional<float[]> state,
            double lossLimit,
            Predicate<TrainingResult> goesOn) {
        return ProxyTask.trainStretch(
                TaskEngine.of(engineName, gpu.index()),
                network(network),
                layer,
                images.images(),
                settings,
                threads,
                seed,
                stretch,
                state,
                lossLimit,
                RobustnessScoring.of(robustness).where(goesOn));
    }

    /** Runs the part of one partition in one round of a training on partitioned data. */
    public PartitionTask.Result trainPart(Layer layer, String network, long seed, PartitionTask part) {
        return part.run(
                TaskEngine.of(engineName, gpu.index()),
                network(network),
                layer,
                imagesOf(part.partition()),
                settings,
                threads,
                seed);
    }

    /** Builds the network with this name. */
    public Network network(String name) {
        return networks.get(name).build(classes);
    }
}
