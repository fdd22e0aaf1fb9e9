package org.evonorm.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kinds of files that a run's folder has, those of a command that died in it included. */
enum FileKind {
    RUN_CONF("run\\.conf"),
    COMMIT_RECORD("commits/[^.].*"),
    CANDIDATES("candidates/.*/[^./]+\\.parquet"),
    EVALUATIONS("evaluations/.*/[^./]+\\.parquet"),
    SELECTION("selection/.*/[^./]+\\.parquet"),
    RERANK("rerank/[^.].*"),
    JOURNAL_RESULT("journal/.*/[^./]+\\.json"),
    JOURNAL_BEGUN("journal/.*/[^./]+\\.begun"),
    STATE("states/.*/[^./]+"),
    LEASE("\\.lease"),
    FENCE("\\.fences/.*/heartbeat"),
    ATTEMPT("\\.attempts/.*\\.parquet"),
    /** Hadoop's hidden checksums. */
    CHECKSUM(".*/\\.[^/]+\\.crc");

    private final Pattern path;

    FileKind(String path) {
        this.path = Pattern.compile(path);
    }

    /** The files of this kind. */
    List<Path> in(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            return files.filter(Files::isRegularFile)
                    .filter(file ->
                            path.matcher(run.relativize(file).toString()).matches())
                    .sorted()
                    .toList();
        }
    }
}
