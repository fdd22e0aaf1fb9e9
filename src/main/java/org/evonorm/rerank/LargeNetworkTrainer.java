package org.evonorm.rerank;

import java.util.function.IntConsumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.data.Dataset;
import org.evonorm.graph.Layer;
import org.evonorm.search.spark.ImageSource;
import org.evonorm.search.trial.NetworkTraining;
import org.evonorm.settings.GpuSettings;
import org.evonorm.settings.RerankSettings;
import org.evonorm.settings.Settings;
import org.evonorm.store.ScoredOn;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSeed;

/**
 * The trainer that trains reranked layers in the rerank's networks.
 *
 * @param training trainings on images whose validation part was held out from the search
 */
record LargeNetworkTrainer(NetworkTraining training) implements RerankTrainer {

    static LargeNetworkTrainer of(Settings settings, ImageSource images) {
        return new LargeNetworkTrainer(NetworkTraining.of(
                settings, settings.rerank().networks(), settings.rerank().training(), images));
    }

    /** Images with the test images in the place of the validation images. */
    private record TestImages(ImageSource source) implements ImageSource {

        @Override
        public Dataset images() {
            return scoredOnTest(source.images());
        }

        @Override
        public Dataset part(int partition, int partitions) {
            return scoredOnTest(source.part(partition, partitions));
        }

        private static Dataset scoredOnTest(Dataset images) {
            return images.withValidation(images.test());
        }
    }

    @Override
    public RerankTrainer detached() {
        return new LargeNetworkTrainer(training.detached());
    }

    @Override
    public RerankTrainer detachedFor(PartitionTask part) {
        return new LargeNetworkTrainer(training.detachedFor(part));
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
    public TrainingResult train(Layer layer, String network, ScoredOn scoredOn, long seed) {
        return training(scoredOn).train(layer, network, seed);
    }

    @Override
    public PartitionTask.Result trainPart(
            Layer layer, String network, ScoredOn scoredOn, long seed, PartitionTask part) {
        return training(scoredOn).trainPart(layer, network, seed, part);
    }

    @Override
    public TrainingResult trainAveraged(
            JavaSparkContext spark,
            GpuSettings gpus,
            Layer layer,
            String network,
            ScoredOn scoredOn,
            long seed,
            IntConsumer taken) {
        NetworkTraining scored = training(scoredOn);
        return new AveragedTraining(
                        spark,
                        gpus,
                        new AveragedTraining.Task(
                                scored::imagesOf,
                                scored.gpu(),
                                scored.network(network),
                                layer,
                                scored.settings(),
                                new TrainingSeed(seed)))
                .train(taken);
    }

    private NetworkTraining training(ScoredOn scoredOn) {
        NetworkTraining scored = training.withSettings(RerankSettings.trainingScoredOn(scoredOn, training.settings()));
        return scoredOn == ScoredOn.TEST ? scored.withImages(new TestImages(training.images())) : scored;
    }
}
