package org.evonorm.search;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.evonorm.store.RunFolder;
import org.evonorm.store.StoreException;

/**
 * Deletes what is journalled of committed generations beside the next one: tens of thousands of small files, for which no
 * executor should have to wait. What a process leaves of them, the next one deletes.
 */
final class JournalClearing implements AutoCloseable {

    private final RunFolder folder;
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

    JournalClearing(RunFolder folder) {
        this.folder = folder;
    }

    /**
     * Begins with the generations before {@code generation}, once those of the last call are done.
     *
     * @throws StoreException if the last call's journals could not be deleted
     */
    void begin(int generation) {
        close();
        running = CompletableFuture.runAsync(() -> folder.clearJournal(generation));
    }

    /**
     * Waits for the end.
     *
     * @throws StoreException if a journal could not be deleted
     */
    @Override
    public void close() {
        try {
            running.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException explained ? explained : e;
        }
    }
}
