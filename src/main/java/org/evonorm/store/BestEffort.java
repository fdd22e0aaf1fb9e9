package org.evonorm.store;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Accesses to files without which a command goes on, as its log. The first failure is told, and later accesses are left
 * out. One thread uses an object.
 */
public final class BestEffort {

    private final Consumer<String> failed;
    private boolean broken;

    /** Accesses of which none has failed; {@code failed} receives the reason of the first failure. */
    public BestEffort(Consumer<String> failed) {
        this.failed = failed;
    }

    /** An access to a file. */
    public interface Access {
        void run() throws IOException;
    }

    /** Tries an access, unless an earlier one failed. */
    public void attempt(Access access) {
        if (broken) {
            return;
        }
        try {
            access.run();
        } catch (IOException | RuntimeException e) {
            broken = true;
            failed.accept(reason(e));
        }
    }

    /** The first line of a failure's message, or its kind. */
    public static String reason(Exception e) {
        return e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getMessage().lines().findFirst().orElse("");
    }
}
