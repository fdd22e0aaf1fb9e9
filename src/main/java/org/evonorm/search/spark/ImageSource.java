package org.evonorm.search.spark;

import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
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

    /** Number of classes. */
    default int classes() {
        return images().classes();
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
     * @param classes         number of classes
     */
    record SharedPath(DataSettings data, int heldOut, Standardization standardization, int classes)
            implements ImageSource {

        private static final Map<SharedPath, Dataset> READ = new ConcurrentHashMap<>();
        private static final Map<Part, Dataset> PARTS = new ConcurrentHashMap<>();

        private record Part(SharedPath path, int partition, int partitions) {}

        /** Notes that this process has read the images already. */
        void hasRead(Dataset images) {
            READ.put(this, images);
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
            return heldOut == 0 ? data.load() : data.withHeldOut(data.load(), heldOut);
        }
    }
}
