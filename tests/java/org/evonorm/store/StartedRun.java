package org.evonorm.store;

/** A run that was started and has no generation, for tests. */
public final class StartedRun {

    private StartedRun() {}

    /** Starts a run with this text of run.conf, under a lease that is given back. */
    public static void in(RunFolder folder, String settings) {
        try (RunLease lease = RunLease.acquire(folder)) {
            folder.start(settings, lease);
        }
    }
}
