package org.apache.hadoop.fs;

import java.io.IOException;

/** The error of Hadoop's local file system on a full disk, whose constructor only this package sees. */
public final class FullDisk {

    private FullDisk() {}

    /** The error with the message of the operating system. */
    public static FSError error(String message) {
        return new FSError(new IOException(message));
    }
}
