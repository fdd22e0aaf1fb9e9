package org.evonorm.tracking;

import java.util.List;
import org.evonorm.graph.NearestName;
import org.evonorm.text.Quotation;

/**
 * The target that {@code --track} names: a tracker, and where it keeps its figures.
 *
 * @param folder folder of TensorBoard's event files, a path or URI of any file system that Hadoop knows
 */
public record TrackTarget(String folder) {

    private static final String TENSORBOARD = "tensorboard";

    /**
     * Reads a target, as in {@code tensorboard:target/tensorboard}.
     *
     * @throws IllegalArgumentException if it names another tracker, or no folder
     */
    public static TrackTarget of(String text) {
        int colon = text.indexOf(':');
        String tracker = colon < 0 ? text : text.substring(0, colon);
        if (!tracker.equals(TENSORBOARD)) {
            throw new IllegalArgumentException("--track knows no " + Quotation.of(tracker)
                    + NearestName.question(tracker, List.of(TENSORBOARD))
                    + "; write --track tensorboard:FOLDER");
        }
        String folder = colon < 0 ? "" : text.substring(colon + 1);
        if (folder.isBlank()) {
            throw new IllegalArgumentException(
                    "--track " + text + " names no folder; write --track tensorboard:FOLDER");
        }
        return new TrackTarget(folder);
    }
}
