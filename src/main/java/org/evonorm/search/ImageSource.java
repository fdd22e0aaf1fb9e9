package org.evonorm.search;

import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.evonorm.data.Dataset;

/** Where the tasks have the images from: Spark's broadcast, or a path that all machines see. */
@FunctionalInterface
interface ImageSource extends Serializable {

    Dataset images();

    /** The images that {@link DataSettings#load} gives. */
    static ImageSource searched(JavaSparkContext spark, DataSettings data) {
        return data.isShared() ? new SharedPath(data, 0) : broadcast(spark, data.load());
    }

    /** The same, which are {@code searched}, with so many held-out images for validation. */
    static ImageSource heldOut(JavaSparkContext spark, DataSettings data, Dataset searched, int count) {
        Dataset images = searched.withValidation(data.loadHeldOut(count));
        return data.isShared() ? new SharedPath(data, count) : broadcast(spark, images);
    }

    private static ImageSource broadcast(JavaSparkContext spark, Dataset images) {
        Broadcast<Dataset> broadcast = spark.broadcast(images);
        return broadcast::value;
    }

    /** Read by each process once, and shared by its tasks; {@code heldOut} is 0 for the search's own validation. */
    record SharedPath(DataSettings data, int heldOut) implements ImageSource {

        private static final Map<SharedPath, Dataset> READ = new ConcurrentHashMap<>();

        @Override
        public Dataset images() {
            try {
                return READ.computeIfAbsent(this, SharedPath::read);
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
