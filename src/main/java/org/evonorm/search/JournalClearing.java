package org.evonorm.search;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.evonorm.store.RunFolder;
import org.evonorm.store.StoreException;

/**
 * The deletion of the journals of committed generations, in the background of the next generation. A journal has tens
 * of thousands of small files, and no executor should wait for their deletion. Files that one process leaves are
 * deleted by the next.
 */
final class JournalClearing implements AutoCloseable {

    private final RunFolder folder;
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

    JournalClearing(RunFolder folder) {
        this.folder = folder;
    }

    /**
     * Waits for the deletion that began last, and begins with the journals of the generations before
     * {@code generation}.
     *
     * @throws StoreException if a journal of the last deletion could not be deleted
     */
    void begin(int generation) {
        close();
        running = CompletableFuture.runAsync(() -> folder.clearJournal(generation));
    }

    /**
     * Waits for the deletion that began last.
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
