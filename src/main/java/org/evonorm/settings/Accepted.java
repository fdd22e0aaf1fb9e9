package org.evonorm.settings;

/**
 * The differences that the user accepts when a run goes on.
 *
 * @param changedSettings settings or images other than the run was started with
 * @param otherVersion    a version of evonorm whose results may differ from those of the run's
 */
public record Accepted(boolean changedSettings, boolean otherVersion) {

    /** No difference is accepted. */
    public static final Accepted NOTHING = new Accepted(false, false);
}
