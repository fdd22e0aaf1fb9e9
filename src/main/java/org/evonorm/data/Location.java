package org.evonorm.data;

import org.apache.hadoop.fs.Path;

/**
 * The location of a folder as a user writes it: a local path or the URI of a file system that Hadoop knows. Local paths
 * are taken literally, whatever signs the names have.
 */
public final class Location {

    private Location() {}

    /**
     * The path of a location.
     *
     * @throws IllegalArgumentException if the location is empty or no URI
     */
    public static Path path(String location) {
        int colon = location.indexOf(':');
        int slash = location.indexOf('/');
        // Hadoop takes a colon before the first slash for the end of a scheme, though no slash follows it.
        boolean colonInName = colon >= 0 && (slash < 0 || colon < slash) && slash != colon + 1;
        return new Path(colonInName ? "./" + location : location);
    }
}
