package org.evonorm.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.evonorm.store.LocalSpark;

/** Prints the repeatable rows of a run to a file, for runs whose file system the tests' own JVM cannot reach. */
final class PrintedRows {

    private PrintedRows() {}

    public static void main(String[] arguments) throws IOException {
        Files.write(Path.of(arguments[1]), RepeatableRows.in(LocalSpark.session(1), arguments[0]));
    }
}
