package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What processes left that were killed while they took or gave back the lease: fences that no lease names, fallen
 * fences, and the files by which a lease is claimed. The holder deletes them, since nobody else ever would.
 *
 * @param files the file system without checksums
 */
record LeaseLeftovers(RunFolder folder, FileSystem files) {

    /** Age from which such a file belongs to no process that is just starting. */
    private static final Duration OLD = Duration.ofSeconds(60);

    private static final Pattern FALLEN = Pattern.compile("\\.fallen-.+");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern CLAIM = Pattern.compile("\\.lease\\..+\\.(?:claim|stale)");

    /**
     * Deletes the leftovers; those that cannot be deleted stay.
     *
     * @param now the time by the file system's clock, in milliseconds
     */
    void sweep(LeaseHolder holder, long now) {
        try {
            for (FileStatus fence : list(folder.path(Fence.FOLDER))) {
                Matcher token = TOKEN.matcher(fence.getPath().getName());
                if (FALLEN.matcher(fence.getPath().getName()).matches()) {
                    files.delete(fence.getPath(), true);
                } else if (token.matches() && !token.group().equals(holder.token()) && isOld(fence, now)) {
                    Fence.of(folder, token.group()).fell();
                    folder.states(token.group()).clear();
                    folder.discard(folder.attempt(token.group()));
                }
            }
            for (FileStatus file : list(folder.path("."))) {
                if (CLAIM.matcher(file.getPath().getName()).matches()
                        && now - file.getModificationTime() > OLD.toMillis()) {
                    files.delete(file.getPath(), false);
                }
            }
        } catch (IOException | StoreException e) {
            // Leftovers take a few bytes, and no reader looks at them.
            return;
        }
    }

    private boolean isOld(FileStatus fence, long now) throws IOException {
        long last = fence.getModificationTime();
        for (FileStatus file : list(fence.getPath())) {
            last = Math.max(last, file.getModificationTime());
        }
        return now - last > OLD.toMillis();
    }

    private List<FileStatus> list(Path path) throws IOException {
        try {
            return List.of(files.listStatus(path));
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }
}
