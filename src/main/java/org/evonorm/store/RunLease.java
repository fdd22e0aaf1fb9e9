package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The lease of one search or rerank on a run's folder (docs/run-folder.md, "The lease"): a file that names the holder,
 * and a {@link Fence} whose heartbeat the holder touches every ten seconds. A lease without a heartbeat for a minute,
 * or whose process has ended on this machine, is stale, and the next command takes it over. A former holder that wakes
 * up later finds its fence fallen, and publishes nothing.
 */
public final class RunLease implements AutoCloseable {

    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final RunFolder folder;
    private final LeaseFile file;
    private final LeaseHolder holder = LeaseHolder.self();
    private final Fence fence;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "lease");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Runnable stopWork = () -> {};
    private boolean closed;

    private RunLease(RunFolder folder) {
        this.folder = folder;
        this.file = new LeaseFile(folder);
        this.fence = Fence.of(folder, holder.token());
    }

    /**
     * Acquires the lease on a folder, which need not exist yet.
     *
     * @throws StoreException if another search or rerank has the lease, or the folder cannot be written
     */
    public static RunLease acquire(RunFolder folder) {
        RunLease lease = new RunLease(folder);
        try {
            lease.acquire();
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(lease.file.path()) + " cannot be written (" + RunFolder.message(e)
                            + "); free space or make the folder writable, and the same command goes on",
                    e);
        }
        var unused = lease.heart.scheduleAtFixedRate(
                lease::beat, HEARTBEAT.toSeconds(), HEARTBEAT.toSeconds(), TimeUnit.SECONDS);
        return lease;
    }

    private void acquire() throws IOException {
        if (file.exists()) {
            file.takeOver(holder);
        }
        fence.raise();
        try {
            fence.publish(LeaseFile.text(holder), file.path());
        } catch (FileAlreadyExistsException e) {
            fence.fell();
            throw file.refusal();
        } catch (IOException e) {
            fence.fell();
            throw e;
        }
        new LeaseLeftovers(folder, file.files()).sweep(holder, fence.lastHeartbeat());
    }

    /** The exception of a holder whose fence has fallen. */
    private StoreException lost(Exception cause) {
        String by;
        try {
            by = file.read().map(now -> ": " + now).orElse("");
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
                throw lost(fallen());
            }
            Optional<LeaseHolder> now = file.read();
            if (!now.map(LeaseHolder::token).equals(Optional.of(holder.token()))) {
                throw now.isPresent()
                        ? file.refusal(now.get().toString())
                        : new StoreException(RunFolder.show(file.path())
                                + " is gone, so that another search may have begun; the same command goes on");
            }
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(file.path()) + " cannot be read (" + RunFolder.message(e)
                            + "); mend that, and the same command goes on",
                    e);
        }
    }

    /** The folder in which this holder writes tables before they are published. */
    Path attempt() {
        return folder.attempt(holder.token());
    }

    /** The token in the names of files that this holder publishes. */
    String token() {
        return holder.token();
    }

    /** The states of this holder's trainings on partitioned data. */
    public TrainingStates states() {
        return folder.states(holder.token());
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
     * @param stop stops the work; called once, at a heartbeat after another command has taken the lease over, or when
     *     the work fails for that reason, since parts of it may go on
     * @throws StoreException if the lease was lost, also where the work came to its end, since it may have found done
     *     what the other command did
     */
    public <T> T guard(Runnable stop, Supplier<T> work) {
        AtomicBoolean stopped = new AtomicBoolean();
        stopWork = () -> {
            if (!stopped.getAndSet(true)) {
                stop.run();
            }
        };
        T result;
        try {
            result = work.get();
        } catch (Exception e) {
            // Spark throws checked exceptions that it does not declare.
            if (isLost()) {
                stopWork.run();
                throw lost(e);
            }
            throw e;
        } finally {
            stopWork = () -> {};
        }
        if (isLost()) {
            throw lost(fallen());
        }
        return result;
    }

    private FileNotFoundException fallen() {
        return new FileNotFoundException(Fence.FOLDER + "/" + holder.token());
    }

    private boolean isLost() {
        try {
            return !fence.stands();
        } catch (IOException e) {
            return false;
        }
    }

    /** Gives the lease back, if this process still has it. */
    @Override
    public synchronized void close() {
        closed = true;
        heart.shutdownNow();
        try {
            FileSystem files = file.files();
            if (file.names(holder)) {
                files.delete(file.path(), false);
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
}
