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

/** Where the tasks have the images from: Spark's broadcast, or a path that all machines see. */
@FunctionalInterface
public interface ImageSource extends Serializable {

    Dataset images();

    /** One of the parts that {@link Dataset#partition} makes of the images. */
    default Dataset part(int partition, int partitions) {
        return images().partition(partition, partitions);
    }

    /** The images that {@link DataSettings#load} gives. */
    static ImageSource searched(JavaSparkContext spark, DataSettings data) {
        Dataset images = data.load();
        return data.isShared() ? SharedPath.of(data, 0, images) : broadcast(spark, images);
    }

    /** The same, which are {@code searched}, with so many held-out images for validation. */
    static ImageSource heldOut(JavaSparkContext spark, DataSettings data, Dataset searched, int count) {
        Dataset images = searched.withValidation(data.loadHeldOut(count));
        return data.isShared() ? SharedPath.of(data, count, images) : broadcast(spark, images);
    }

    private static ImageSource broadcast(JavaSparkContext spark, Dataset images) {
        Broadcast<Dataset> broadcast = spark.broadcast(images);
        return broadcast::value;
    }

    /** A part that its task has at hand, for work apart from the task. */
    record CarriedPart(Dataset images) implements ImageSource {

        @Override
        public Dataset part(int partition, int partitions) {
            return images;
        }
    }

    /**
     * Read by each process once, and shared by its tasks; where a task needs a part alone, no more than that.
     *
     * @param heldOut         0 for the search's own validation
     * @param standardization of all images, which a part does not tell
     */
    record SharedPath(DataSettings data, int heldOut, Standardization standardization) implements ImageSource {

        private static final Map<SharedPath, Dataset> READ = new ConcurrentHashMap<>();
        private static final Map<Part, Dataset> PARTS = new ConcurrentHashMap<>();

        private record Part(SharedPath path, int partition, int partitions) {}

        /** The path that these images were read from. */
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
                // In a task, images that cannot be read are no candidate's fault.
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
