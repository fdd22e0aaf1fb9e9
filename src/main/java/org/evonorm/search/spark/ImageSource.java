package org.evonorm.search.spark;

import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.evonorm.data.Dataset;
import org.evonorm.data.Standardization;
import org.evonorm.settings.DataSettings;

/** The source of a task's images: Spark's broadcast, or a path that all machines see. */
@FunctionalInterface
public interface ImageSource extends Serializable {

    /** All images. */
    Dataset images();

    /** One partition of the images, as {@link Dataset#partition} makes it; {@code partition} counts from 0. */
    default Dataset part(int partition, int partitions) {
        return images().partition(partition, partitions);
    }

    /** The images of a search, as {@link DataSettings#load} gives them. */
    static ImageSource ofSearch(JavaSparkContext spark, DataSettings data) {
        Dataset images = data.load();
        return data.isShared() ? SharedPath.of(data, 0, images) : broadcast(spark, images);
    }

    /**
     * The images of a rerank: the images of its search, with held-out images for validation.
     *
     * @param searched the images of the search
     * @param count    number of held-out images
     */
    static ImageSource withHeldOut(JavaSparkContext spark, DataSettings data, Dataset searched, int count) {
        Dataset images = searched.withValidation(data.loadHeldOut(count));
        return data.isShared() ? SharedPath.of(data, count, images) : broadcast(spark, images);
    }

    private static ImageSource broadcast(JavaSparkContext spark, Dataset images) {
        Broadcast<Dataset> broadcast = spark.broadcast(images);
        return broadcast::value;
    }

    /** One loaded partition, for work in another thread or JVM than the task's. */
    record LoadedPart(Dataset images) implements ImageSource {

        @Override
        public Dataset part(int partition, int partitions) {
            return images;
        }
    }

    /**
     * Images at a path that all machines see. Each process reads them once for all its tasks; a task that needs one
     * partition alone reads no more than this partition.
     *
     * @param heldOut         number of held-out images for validation; 0 for the validation images of the search
     * @param standardization mean and deviation of all training images, which a partition cannot tell
     */
    record SharedPath(DataSettings data, int heldOut, Standardization standardization) implements ImageSource {

        private static final Map<SharedPath, Dataset> READ = new ConcurrentHashMap<>();
        private static final Map<Part, Dataset> PARTS = new ConcurrentHashMap<>();

        private record Part(SharedPath path, int partition, int partitions) {}

        /** The path of images that this process has read. */
        static SharedPath of(DataSettings data, int heldOut, Dataset images) {
            SharedPath path = new SharedPath(data, heldOut, images.standardization());
            READ.put(path, images);
            return path;
        }

        @Override
        public Dataset images() {
            return inTask(() -> READ.computeIfAbsent(this, SharedPath::read));
        }

        @Override
        public Dataset part(int partition, int partitions) {
            Dataset whole = READ.get(this);
            return whole != null
                    ? whole.partition(partition, partitions)
                    : inTask(() -> PARTS.computeIfAbsent(
                            new Part(this, partition, partitions),
                            part -> data.loadPart(heldOut, standardization, partition, partitions)));
        }

        private static Dataset inTask(Supplier<Dataset> reading) {
            try {
                return reading.get();
            } catch (RuntimeException e) {
                // In a task, unreadable images are a fault of the machine and not of the candidate.
                if (TaskContext.get() != null) {
                    throw new UnfitMachineError(e);
                }
                throw e;
            }
        }

        private Dataset read() {
            return heldOut == 0 ? data.load() : data.load().withValidation(data.loadHeldOut(heldOut));
        }
    }
}
