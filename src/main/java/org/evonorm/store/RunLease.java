package org.evonorm.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The lease on a run's folder: a file that names the one search or rerank that may write there (docs/run-folder.md,
 * "The lease"). The holder touches the file every ten seconds. A lease that was not touched for a minute, or whose
 * process has ended on this machine, is stale, and the next process that asks takes it over. Only times of the file
 * system are compared, so that the clocks of machines may differ.
 */
public final class RunLease implements AutoCloseable {

    static final String FILE = ".lease";
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final Duration STALE = Duration.ofSeconds(60);
    /**
     * Where creating a file is not atomic, concurrent creations have settled after this time, and the last one wins.
     */
    private static final long SETTLED_MILLIS = 100;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private final RunFolder folder;
    private final FileSystem files;
    private final Path path;
    private final Holder holder;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "lease");
        thread.setDaemon(true);
        return thread;
    });

    private boolean closed;

    /**
     * The holder of a lease.
     *
     * @param host  name of its machine
     * @param pid   process id
     * @param since start of the lease, as an ISO instant
     * @param token unique to the holder
     */
    record Holder(String host, long pid, String since, String token) {

        static Holder self() {
            return new Holder(
                    hostName(),
                    ProcessHandle.current().pid(),
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                    UUID.randomUUID().toString());
        }

        /**
         * Whether the process ran on this machine and has ended; a process that started after the lease is another one.
         */
        boolean isGone() {
            return host.equals(hostName())
                    && ProcessHandle.of(pid)
                            .filter(process -> !process.info()
                                    .startInstant()
                                    .map(this::isAfterLease)
                                    .orElse(false))
                            .isEmpty();
        }

        private boolean isAfterLease(Instant processStart) {
            return processStart.isAfter(Instant.parse(since).plusSeconds(1));
        }

        @Override
        public String toString() {
            return "process " + pid + " on " + host + " since " + since;
        }
    }

    private RunLease(RunFolder folder, FileSystem files, Path path) {
        this.folder = folder;
        this.files = files;
        this.path = path;
        this.holder = Holder.self();
    }

    /**
     * Takes the lease on a folder, which need not exist yet.
     *
     * @throws StoreException if another search or rerank has the lease, or the folder cannot be written
     */
    public static RunLease acquire(RunFolder folder) {
        FileSystem files = folder.files() instanceof LocalFileSystem local ? local.getRawFileSystem() : folder.files();
        RunLease lease = new RunLease(folder, files, folder.path(FILE));
        try {
            lease.takeOver();
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(lease.path) + " cannot be written (" + RunFolder.message(e)
                            + "); free space or make the folder writable, and the same command goes on",
                    e);
        }
        lease.heart.scheduleAtFixedRate(lease::beat, HEARTBEAT.toSeconds(), HEARTBEAT.toSeconds(), TimeUnit.SECONDS);
        return lease;
    }

    private void takeOver() throws IOException {
        if (files.exists(path)) {
            requireStale();
            Path stale = new Path(path.getParent(), FILE + "." + holder.token + ".stale");
            // Of several processes that find the lease stale, one renames it.
            files.rename(path, stale);
            files.delete(stale, false);
        }
        try {
            write(false);
        } catch (IOException e) {
            Optional<Holder> other = read();
            if (other.isPresent()) {
                throw refusal(other.get().toString());
            }
            throw e;
        }
        settle();
        requireValid();
    }

    private void requireStale() throws IOException {
        Optional<Holder> other = read();
        if (other.isPresent() && other.get().isGone()) {
            return;
        }
        Path claim = new Path(path.getParent(), FILE + "." + holder.token + ".claim");
        files.create(claim, true).close();
        try {
            long idle = files.getFileStatus(claim).getModificationTime()
                    - files.getFileStatus(path).getModificationTime();
            if (idle <= STALE.toMillis()) {
                throw refusal(other.map(Holder::toString).orElse("a process that is just starting") + " (heard of "
                        + Math.max(0, idle / 1000) + " s ago)");
            }
        } catch (FileNotFoundException e) {
            // The other process gave its lease back meanwhile.
            return;
        } finally {
            files.delete(claim, false);
        }
    }

    private StoreException refusal(String other) {
        return new StoreException("another search or rerank works in " + folder + ": " + other
                + "; wait for its end or stop it, or name another folder");
    }

    /**
     * Checks that this process still has the lease.
     *
     * @throws StoreException if the lease was deleted or taken over, as from a process that was suspended
     */
    public void requireValid() {
        Optional<Holder> now;
        try {
            now = read();
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(path) + " cannot be read (" + RunFolder.message(e)
                            + "); mend that, and the same command goes on",
                    e);
        }
        if (!now.map(Holder::token).equals(Optional.of(holder.token))) {
            throw now.isPresent()
                    ? refusal(now.get().toString())
                    : new StoreException(RunFolder.show(path)
                            + " is gone, so that another search may have begun; the same command goes on");
        }
    }

    /** Touches the lease file; after {@link #close} it does nothing. */
    synchronized void beat() {
        if (closed) {
            return;
        }
        try {
            if (read().map(Holder::token).equals(Optional.of(holder.token))) {
                write(true);
            }
        } catch (IOException e) {
            // The file system may be away for a moment; the lease is checked before every commit.
            return;
        }
    }

    private void write(boolean overwrite) throws IOException {
        try (OutputStream out = files.create(path, overwrite)) {
            out.write(JSON.writeValueAsString(holder).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The holder that the file names; empty if the file does not exist or is only partly written. */
    private Optional<Holder> read() throws IOException {
        for (int attempt = 0; attempt < 5; attempt++) {
            try {
                return Optional.of(JSON.readValue(new TextFile(files, path).read(), Holder.class));
            } catch (FileNotFoundException e) {
                return Optional.empty();
            } catch (JsonProcessingException e) {
                settle();
            }
        }
        return Optional.empty();
    }

    private static void settle() {
        try {
            Thread.sleep(SETTLED_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives the lease back, if this process still has it. */
    @Override
    public synchronized void close() {
        closed = true;
        heart.shutdownNow();
        try {
            if (read().map(Holder::token).equals(Optional.of(holder.token))) {
                files.delete(path, false);
            }
        } catch (IOException e) {
            // The lease turns stale by itself.
            return;
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
