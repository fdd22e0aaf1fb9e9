package org.evonorm.data.files.picture;

import java.util.function.Supplier;

/** What is wrong with a file, in words: exceptions of libraries as parts of refusals that name the file. */
public final class FileFault {

    private FileFault() {}

    /**
     * The exception where it is a refusal that names the file, else this other refusal: the library of Parquet refuses
     * damaged files with an IllegalArgumentException of its own, too.
     */
    public static IllegalArgumentException naming(
            String file, Exception e, Supplier<IllegalArgumentException> otherwise) {
        return e instanceof IllegalArgumentException refusal
                        && refusal.getMessage() != null
                        && refusal.getMessage().contains(file)
                ? refusal
                : otherwise.get();
    }

    /** The first line of the exception's message, or its name where it has none. */
    public static String message(Exception e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
