package org.evonorm.tracking;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.store.RunFolder;

/** An observer that keeps the figures of a search for another program to show, until it is closed. */
public interface SearchTracker extends SearchObserver, AutoCloseable {

    @Override
    void close();

    /**
     * Opens the tracker of a search; without a target it does nothing.
     *
     * @param networks names of the networks, in the order of the accuracies
     * @param warn     receives the sentence on a target that cannot be written any more
     * @throws IllegalArgumentException if the target cannot be written now
     */
    static SearchTracker open(
            Optional<TrackTarget> target,
            RunFolder run,
            List<String> networks,
            Configuration hadoop,
            Consumer<String> warn) {
        return target.<SearchTracker>map(folder -> TensorBoardTracker.open(folder, run, networks, hadoop, warn))
                .orElseGet(() -> () -> {});
    }
}
