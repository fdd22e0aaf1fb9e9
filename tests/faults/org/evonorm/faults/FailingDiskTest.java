package org.evonorm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.evonorm.search.KnownAccuracies;
import org.evonorm.search.KnownSearch;
import org.evonorm.search.RepeatableRows;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.StoreException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches whose disk is full or read-only from a random moment on, until it is repaired. */
@Tag("long")
class FailingDiskTest {

    private static final int GENERATIONS = 2;
    private static final int FAULTS = 6;

    private final Random random = new Random(5);
    private SparkSession spark;

    @TempDir
    private Path temporary;

    @BeforeEach
    void knowTheDisk() {
        spark = LocalSpark.session(2);
        spark.sparkContext()
                .hadoopConfiguration()
                .setClass("fs." + FailingFiles.SCHEME + ".impl", FailingFiles.class, FileSystem.class);
    }

    @AfterEach
    void mendTheDisk() {
        FailingFiles.mend();
    }

    private String search(String run) {
        String folder = FailingFiles.SCHEME + "://" + temporary.resolve(run);
        KnownSearch.run(spark, folder, GENERATIONS, new KnownAccuracies(), SearchObserver.SILENT);
        return folder;
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostAndTheSentenceNamesTheFile(FailingFiles.Fault fault) throws IOException {
        FailingFiles.failAfter(Integer.MAX_VALUE, fault);
        List<String> expected = RepeatableRows.in(spark, search("whole"));
        int changes = Integer.MAX_VALUE - FailingFiles.CHANGES_LEFT.get();
        String run = FailingFiles.SCHEME + "://" + temporary.resolve("run");
        int faults = 0;
        for (int i = 0; i < FAULTS; i++) {
            FailingFiles.failAfter(random.nextInt(changes / 4), fault);
            try {
                search("run");
            } catch (Exception e) {
                faults++;
                String sentence = sentence(e);
                assertTrue(
                        sentence.contains(temporary.resolve("run").toString()) && sentence.contains(fault.message),
                        sentence);
                // As if the process had ended, whose lease then no longer counts.
                Files.deleteIfExists(temporary.resolve("run/.lease"));
            }
            // The disk is still faulty.
            assertTrue(expected.containsAll(RepeatableRows.in(spark, run)), "other rows than an undisturbed run's");
        }
        assertTrue(faults >= FAULTS / 2, faults + " faults");
        FailingFiles.mend();
        assertEquals(expected, RepeatableRows.in(spark, search("run")));
    }

    private static String sentence(Exception failure) {
        return Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
                .filter(StoreException.class::isInstance)
                .map(Throwable::getMessage)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no sentence for people", failure));
    }
}
