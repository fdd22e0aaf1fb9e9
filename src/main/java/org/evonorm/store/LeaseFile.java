package org.evonorm.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The file of a run's lease, which names the holder, and the rules by which it is stale. Only times of the file system
 * are compared, so that the clocks of machines may differ.
 */
final class LeaseFile {

    static final String NAME = ".lease";
    private static final Duration STALE = Duration.ofSeconds(60);

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final RunFolder folder;
    private final FileSystem files;
    private final Path path;

    LeaseFile(RunFolder folder) {
        this.folder = folder;
        this.files = folder.rawFiles();
        this.path = folder.path(NAME);
    }

    Path path() {
        return path;
    }

    FileSystem files() {
        return files;
    }

    boolean exists() throws IOException {
        return files.exists(path);
    }

    /** The text of the file for a holder. */
    static String text(LeaseHolder holder) throws IOException {
        return JSON.writeValueAsString(holder);
    }

    /** Whether the file names this holder. */
    boolean names(LeaseHolder holder) throws IOException {
        return token(path).equals(Optional.of(holder.token()));
    }

    /**
     * Takes a stale lease over: first its fence falls, then its file is deleted.
     *
     * @param claimant who takes it over, for the names of files that nobody else uses
     * @throws StoreException if the lease is not stale
     */
    void takeOver(LeaseHolder claimant) throws IOException {
        Optional<LeaseHolder> other = requireStale(claimant);
        if (other.isPresent()) {
            Fence.of(folder, other.get().token()).fell();
            folder.states(other.get().token()).clear();
            folder.discard(folder.attempt(other.get().token()));
        }
        Path stale = new Path(path.getParent(), NAME + "." + claimant.token() + ".stale");
        if (!files.rename(path, stale)) {
            return;
        }
        // Of several processes that find the lease stale, one may be so late that it moves the next holder's lease
        // away.
        if (!token(stale).equals(other.map(LeaseHolder::token)) && !files.exists(path)) {
            files.rename(stale, path);
        } else {
            files.delete(stale, false);
        }
    }

    /** The holder of a lease, which must be stale; empty if the file names no holder. */
    private Optional<LeaseHolder> requireStale(LeaseHolder claimant) throws IOException {
        Optional<LeaseHolder> other = read();
        if (other.isPresent() && other.get().isGone()) {
            return other;
        }
        Path claim = new Path(path.getParent(), NAME + "." + claimant.token() + ".claim");
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
    private long lastHeartbeat(Optional<LeaseHolder> other) throws IOException {
        if (other.isPresent()) {
            try {
                return Fence.of(folder, other.get().token()).lastHeartbeat();
            } catch (FileNotFoundException e) {
                return files.getFileStatus(path).getModificationTime();
            }
        }
        return files.getFileStatus(path).getModificationTime();
    }

    /** The refusal of a command that found the file there when it was about to have the lease itself. */
    StoreException refusal() throws IOException {
        return read().map(LeaseHolder::toString)
                .map(this::refusal)
                .orElseGet(() -> new StoreException("another search or rerank is just starting in " + folder
                        + "; name another folder, or, where none is, delete " + RunFolder.show(path)));
    }

    StoreException refusal(String other) {
        return new StoreException("another search or rerank works in " + folder + ": " + other
                + "; wait for its end or stop it, or name another folder");
    }

    private StoreException unreadable(String heard) {
        return new StoreException(
                RunFolder.show(path) + ", which names the search or rerank that works in the folder, is" + " damaged"
                        + heard + "; where none does, delete the file or wait for a minute");
    }

    /** The holder that the file names; empty if the file does not exist or is damaged. */
    Optional<LeaseHolder> read() throws IOException {
        return read(path);
    }

    private Optional<String> token(Path file) throws IOException {
        return read(file).map(LeaseHolder::token);
    }

    private Optional<LeaseHolder> read(Path file) throws IOException {
        try {
            // JSON's null is no holder either.
            return Optional.ofNullable(JSON.readValue(new TextFile(files, file).read(), LeaseHolder.class));
        } catch (FileNotFoundException | JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
