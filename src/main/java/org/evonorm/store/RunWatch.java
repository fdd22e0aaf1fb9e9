package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A watch over a run that may be going on: which records its folder has, and whether a command works there. It reads
 * no table and writes nothing, so that it can look every few seconds. Whether a lease still lives is seen from its
 * heartbeat, which has to move between two looks, since the clocks of machines may differ.
 */
public final class RunWatch {

    /** Time after which a lease without a new heartbeat is nobody's. */
    private static final Duration STALE = Duration.ofSeconds(60);

    private final RunFolder folder;
    private final LeaseFile lease;
    private Heartbeat last = new Heartbeat("", 0, 0);

    /** A heartbeat of a lease, and when this watch saw it first, in nanoseconds. */
    private record Heartbeat(String token, long time, long seen) {}

    private RunWatch(RunFolder folder) {
        this.folder = folder;
        this.lease = new LeaseFile(folder);
    }

    /**
     * A look at a run.
     *
     * @param records names of the records of generations and batches
     * @param atWork  whether a search, rerank or calibration works in the folder
     */
    public record Look(Set<String> records, boolean atWork) {

        public Look {
            records = Set.copyOf(records);
        }

        /** Whether any generation is committed. */
        public boolean hasGeneration() {
            return records.contains("generation=0.json");
        }
    }

    /** A watch that begins with its first look. */
    public static RunWatch of(RunFolder folder) {
        return new RunWatch(folder);
    }

    /**
     * Looks at the run now.
     *
     * @throws StoreException if the folder cannot be read
     */
    public Look look() {
        try {
            // In this order: a command that ends between the two has its last record seen.
            boolean atWork = isAtWork();
            return new Look(records(), atWork);
        } catch (IOException e) {
            throw new StoreException(
                    "the run folder " + folder + " cannot be read (" + RunFolder.message(e)
                            + "); mend it, or name another folder",
                    e);
        }
    }

    private Set<String> records() throws IOException {
        try {
            return folder.list(Records.FOLDER).stream()
                    .map(file -> file.getPath().getName())
                    .collect(Collectors.toSet());
        } catch (FileNotFoundException e) {
            return Set.of();
        }
    }

    private boolean isAtWork() throws IOException {
        Optional<LeaseHolder> holder = lease.read();
        if (holder.isEmpty() || holder.get().isGone()) {
            return false;
        }
        String token = holder.get().token();
        long time;
        try {
            time = Fence.of(folder, token).lastHeartbeat();
        } catch (FileNotFoundException e) {
            // The lease is just being given back or taken over; the next look tells.
            time = 0;
        }
        long now = System.nanoTime();
        if (!token.equals(last.token) || time != last.time) {
            last = new Heartbeat(token, time, now);
        }
        return now - last.seen <= STALE.toNanos();
    }
}
