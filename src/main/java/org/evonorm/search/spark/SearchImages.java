package org.evonorm.search.spark;

import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.evonorm.data.Dataset;
import org.evonorm.data.DatasetFacts;
import org.evonorm.settings.DataSettings;

/**
 * The images of a search as its driver knows them: the facts always, the images themselves only where the driver trains
 * too or is the one machine that has the files. On a cluster, executors read shared files and the driver does not.
 */
public final class SearchImages {

    private final JavaSparkContext spark;
    private final DataSettings data;
    private final int heldOut;
    private final DatasetFacts facts;
    private final Optional<Dataset> images;

    private SearchImages(
            JavaSparkContext spark, DataSettings data, int heldOut, DatasetFacts facts, Optional<Dataset> images) {
        this.spark = spark;
        this.data = data;
        this.heldOut = heldOut;
        this.facts = facts;
        this.images = images;
    }

    /** Reads or draws the images of a search, as {@link DataSettings#load} gives them, or has executors read them. */
    public static SearchImages read(JavaSparkContext spark, DataSettings data) {
        if (data.isShared() && !spark.sc().isLocal()) {
            return new SearchImages(spark, data, 0, SharedFacts.read(spark, data, 0), Optional.empty());
        }
        Dataset images = data.load();
        return new SearchImages(spark, data, 0, images.facts(), Optional.of(images));
    }

    /**
     * The images of a rerank: the images of its search, with held-out images for validation, and test images.
     *
     * @param count number of held-out images
     */
    public SearchImages withHeldOut(int count) {
        if (images.isEmpty()) {
            DatasetFacts held = SharedFacts.read(spark, data, count);
            return new SearchImages(spark, data, count, held, Optional.empty());
        }
        Dataset held = data.withHeldOut(images.get(), count);
        return new SearchImages(spark, data, count, held.facts(), Optional.of(held));
    }

    /** The facts of the images. */
    public DatasetFacts facts() {
        return facts;
    }

    /** The source of the images for tasks. */
    public ImageSource source() {
        if (data.isShared()) {
            ImageSource.SharedPath path =
                    new ImageSource.SharedPath(data, heldOut, facts.standardization(), facts.classes());
            images.ifPresent(path::hasRead);
            return path;
        }
        Broadcast<Dataset> broadcast = Broadcasts.of(spark, images.orElseThrow());
        return broadcast::value;
    }
}
