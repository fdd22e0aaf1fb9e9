package org.evonorm.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The lease of one search or rerank on a run's folder (docs/run-folder.md, "The lease"): a file that names the holder,
 * and a {@link Fence} whose heartbeat the holder touches every ten seconds. A lease without a heartbeat for a minute,
 * or whose process has ended on this machine, is stale, and the next command takes it over. A former holder that wakes
 * up later finds its fence fallen, and publishes nothing. Only times of the file system are compared, so that the
 * clocks of machines may differ.
 */
public final class RunLease implements AutoCloseable {

    static final String FILE = ".lease";
    private static final String UNKNOWN_HOST = "an unknown host";
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final Duration STALE = Duration.ofSeconds(60);

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final RunFolder folder;
    private final FileSystem files;
    private final Path path;
    private final Holder holder;
    private final Fence fence;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "lease");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Runnable stopWork = () -> {};
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

        Holder {
            if (!token.matches("[A-Za-z0-9-]{1,64}")) {
                throw new IllegalArgumentException("its token is not letters, digits and dashes");
            }
            try {
                Instant.parse(since);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException("its time is no instant", e);
            }
        }

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
            return !host.equals(UNKNOWN_HOST)
                    && host.equals(hostName())
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
        this.fence = Fence.of(folder, holder.token);
    }

    /**
     * Acquires the lease on a folder, which need not exist yet.
     *
     * @throws StoreException if another search or rerank has the lease, or the folder cannot be written
     */
    public static RunLease acquire(RunFolder folder) {
        FileSystem files = folder.files() instanceof LocalFileSystem local ? local.getRawFileSystem() : folder.files();
        RunLease lease = new RunLease(folder, files, folder.path(FILE));
        try {
            lease.acquire();
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(lease.path) + " cannot be written (" + RunFolder.message(e)
                            + "); free space or make the folder writable, and the same command goes on",
                    e);
        }
        var unused = lease.heart.scheduleAtFixedRate(
                lease::beat, HEARTBEAT.toSeconds(), HEARTBEAT.toSeconds(), TimeUnit.SECONDS);
        return lease;
    }

    private void acquire() throws IOException {
        if (files.exists(path)) {
            takeOver();
        }
        fence.raise();
        try {
            fence.publish(JSON.writeValueAsString(holder), path);
        } catch (FileAlreadyExistsException e) {
            fence.fell();
            throw refusal(read().map(Holder::toString).orElse("a process that is just starting"));
        } catch (IOException e) {
            fence.fell();
            throw e;
        }
    }

    /** Takes a stale lease over: first its fence falls, then its file is deleted. */
    private void takeOver() throws IOException {
        Optional<Holder> other = requireStale();
        if (other.isPresent()) {
            Fence.of(folder, other.get().token()).fell();
            folder.states(other.get().token()).clear();
            folder.discard(folder.attempt(other.get().token()));
        }
        Path stale = new Path(path.getParent(), FILE + "." + holder.token + ".stale");
        if (!files.rename(path, stale)) {
            return;
        }
        // Of several processes that find the lease stale, one may be so late that it moves the next holder's lease
        // away.
        if (!token(stale).equals(other.map(Holder::token)) && !files.exists(path)) {
            files.rename(stale, path);
        } else {
            files.delete(stale, false);
        }
    }

    /** The holder of a lease, which must be stale; empty if the file names no holder. */
    private Optional<Holder> requireStale() throws IOException {
        Optional<Holder> other = read();
        if (other.isPresent() && other.get().isGone()) {
            return other;
        }
        Path claim = new Path(path.getParent(), FILE + "." + holder.token + ".claim");
        files.create(claim, true).close();
        try {
            long idle = files.getFileStatus(claim).getModificationTime() - lastHeartbeat(other);
            if (idle <= STALE.toMillis()) {
                String heard = " (heard of " + Math.max(0, idle / 1000) + " s ago)";
                throw other.isPresent() ? refusal(other.get() + heard) : unreadable(heard);
            }
            return other;
        } catch (FileNotFoundException e) {
            // The other process gave its lease back meanwhile.
            return other;
        } finally {
            files.delete(claim, false);
        }
    }

    /**
     * The time of the last heartbeat: of the fence, or of the lease's file if the fence has fallen or a version before
     * 0.2.0 wrote the file.
     */
    private long lastHeartbeat(Optional<Holder> other) throws IOException {
        if (other.isPresent()) {
            try {
                return Fence.of(folder, other.get().token()).lastHeartbeat();
            } catch (FileNotFoundException e) {
                return files.getFileStatus(path).getModificationTime();
            }
        }
        return files.getFileStatus(path).getModificationTime();
    }

    private StoreException refusal(String other) {
        return new StoreException("another search or rerank works in " + folder + ": " + other
                + "; wait for its end or stop it, or name another folder");
    }

    private StoreException unreadable(String heard) {
        return new StoreException(
                RunFolder.show(path) + ", which names the search or rerank that works in the folder, is" + " damaged"
                        + heard + "; where none does, delete the file or wait for a minute");
    }

    /** The exception of a holder whose fence has fallen. */
    private StoreException lost(Exception cause) {
        String by;
        try {
            by = read().map(now -> ": " + now).orElse("");
        } catch (IOException e) {
            by = "";
        }
        return new StoreException(
                "another search or rerank has taken over the folder " + folder + by
                        + ", since this one was not heard of for a minute; nothing was written over it, and this one"
                        + " ends",
                cause);
    }

    /**
     * Checks that this process still has the lease, before work that would be in vain. The fence checks it again when a
     * file is published.
     *
     * @throws StoreException if the lease was deleted or taken over, as from a process that was suspended
     */
    public void requireValid() {
        try {
            if (!fence.stands()) {
                throw lost(new FileNotFoundException(Fence.FOLDER + "/" + holder.token));
            }
            Optional<Holder> now = read();
            if (!now.map(Holder::token).equals(Optional.of(holder.token))) {
                throw now.isPresent()
                        ? refusal(now.get().toString())
                        : new StoreException(RunFolder.show(path)
                                + " is gone, so that another search may have begun; the same command goes on");
            }
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(path) + " cannot be read (" + RunFolder.message(e)
                            + "); mend that, and the same command goes on",
                    e);
        }
    }

    /** The folder in which this holder writes tables before they are published. */
    Path attempt() {
        return folder.attempt(holder.token);
    }

    /** The token in the names of files that this holder publishes. */
    String token() {
        return holder.token;
    }

    /** The states of this holder's trainings on partitioned data. */
    public TrainingStates states() {
        return folder.states(holder.token);
    }

    /**
     * Publishes a text as a new file, if this process has the lease at that moment.
     *
     * @throws StoreException if the lease was taken over, the file exists, or it cannot be written
     */
    void publish(String text, Path target) {
        published(target, () -> fence.publish(text, target));
    }

    /** As {@link #publish(String, Path)}, with a file of the run's folder, which is moved to {@code target}. */
    void publish(Path file, Path target) {
        published(target, () -> fence.publish(file, target));
    }

    /** As {@link #publish(String, Path)}, in place of an existing file. */
    void replace(String text, Path target) {
        published(target, () -> fence.replace(text, target));
    }

    /** A rename through the fence. */
    private interface Publication {
        void run() throws IOException;
    }

    private void published(Path target, Publication publication) {
        try {
            publication.run();
        } catch (Fence.FallenException e) {
            throw lost(e);
        } catch (FileAlreadyExistsException e) {
            throw new StoreException(
                    RunFolder.show(target) + " stands there already; let one command at a time run in " + folder, e);
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(target) + " cannot be written (" + RunFolder.message(e)
                            + "); free space, make the folder writable or name another",
                    e);
        }
    }

    /** Touches the heartbeat; after {@link #close} it does nothing. */
    synchronized void beat() {
        if (closed) {
            return;
        }
        try {
            fence.beat();
        } catch (Fence.FallenException e) {
            stopWork.run();
        } catch (IOException | RuntimeException e) {
            // The file system is away for a moment: a publication would fail for the same reason.
            return;
        }
    }

    /**
     * Does work that is in vain once the lease is lost.
     *
     * @param stop stops the work; called at a heartbeat after another command has taken the lease over
     * @throws StoreException if the lease was lost and the work failed
     */
    public <T> T guard(Runnable stop, Supplier<T> work) {
        stopWork = stop;
        try {
            return work.get();
        } catch (Exception e) {
            // Spark throws checked exceptions that it does not declare.
            if (isLost()) {
                throw lost(e);
            }
            throw e;
        } finally {
            stopWork = () -> {};
        }
    }

    private boolean isLost() {
        try {
            return !fence.stands();
        } catch (IOException e) {
            return false;
        }
    }

    /** The holder that the file names; empty if the file does not exist or is damaged. */
    private Optional<Holder> read() throws IOException {
        return read(path);
    }

    private Optional<String> token(Path file) throws IOException {
        return read(file).map(Holder::token);
    }

    private Optional<Holder> read(Path file) throws IOException {
        try {
            return Optional.of(JSON.readValue(new TextFile(files, file).read(), Holder.class));
        } catch (FileNotFoundException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** Gives the lease back, if this process still has it. */
    @Override
    public synchronized void close() {
        closed = true;
        heart.shutdownNow();
        try {
            if (token(path).equals(Optional.of(holder.token))) {
                files.delete(path, false);
            }
            fence.fell();
            files.delete(attempt(), true);
            states().clear();
            // The last holder deletes the shared folders, which are empty then.
            for (Path shared :
                    List.of(attempt().getParent(), folder.path(Fence.FOLDER), folder.path(TrainingStates.FOLDER))) {
                if (files.exists(shared) && files.listStatus(shared).length == 0) {
                    files.delete(shared, false);
                }
            }
        } catch (IOException | StoreException e) {
            // The lease turns stale, or another fence exists; the command's result matters more than either.
            return;
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return UNKNOWN_HOST;
        }
    }
}
