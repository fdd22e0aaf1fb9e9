package org.evonorm.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final Configuration HADOOP = new Configuration();

    @TempDir
    private Path temporary;

    @BeforeEach
    void startRun() {
        StartedRun.in(folder(), "");
    }

    private RunFolder folder() {
        return RunFolder.at(temporary.resolve("run").toString(), HADOOP);
    }

    private Journal journal(int generation) {
        return Journal.of(folder(), generation, HADOOP);
    }

    @Test
    void resultsStayUntilTheirGenerationIsCommitted() {
        assertEquals(Set.of(), journal(3).keys());
        assertEquals(Optional.empty(), journal(3).result("a"));
        journal(3).add("a", "first µ");
        journal(3).add("b", "second");
        journal(4).add("a", "later");
        assertEquals(Set.of("a", "b"), journal(3).keys());
        assertEquals(Optional.of("first µ"), journal(3).result("a"));
        folder().clearJournal(4);
        assertEquals(Set.of(), journal(3).keys());
        assertEquals(Optional.of("later"), journal(4).result("a"));
        folder().clearJournal(4);
        assertEquals(Set.of("a"), journal(4).keys());
    }

    @Test
    void whatWasBegunAndDidNotEndIsNoResult() {
        journal(1).begin("a");
        assertTrue(journal(1).isBegun("a"));
        assertEquals(Set.of(), journal(1).keys());
        assertEquals(Optional.empty(), journal(1).result("a"));
        journal(1).end("a");
        assertFalse(journal(1).isBegun("a"));
        journal(1).end("a");
    }

    @Test
    void manyWritersOfOneResultLeaveOneAndNoLeftovers() throws IOException {
        IntStream.range(0, 200).parallel().forEach(i -> journal(1).add("same", "value"));
        assertEquals(Optional.of("value"), journal(1).result("same"));
        try (Stream<Path> files = Files.list(temporary.resolve("run/journal/generation=1"))) {
            assertEquals(
                    List.of("same.json"),
                    files.map(file -> file.getFileName().toString()).toList());
        }
    }

    @Test
    void whatACrashLeftUnderATemporaryNameIsNoResult() throws IOException {
        journal(1).add("a", "value");
        Files.writeString(temporary.resolve("run/journal/generation=1/.b.json.0.tmp"), "val");
        assertEquals(Set.of("a"), journal(1).keys());
    }

    @Test
    void anAlteredOrExchangedResultIsNone() throws IOException {
        journal(1).add("a", "0.1");
        journal(1).add("b", "0.2");
        Path a = temporary.resolve("run/journal/generation=1/a.json");
        Path b = temporary.resolve("run/journal/generation=1/b.json");
        String whole = Files.readString(a);
        for (String damaged : List.of("", "\n", whole.replace("0.1", "0.9"), whole + " ", "0.1", Files.readString(b))) {
            Files.writeString(a, damaged);
            assertEquals(Optional.empty(), journal(1).result("a"), damaged);
        }
        journal(1).add("a", "0.1");
        assertEquals(Optional.of("0.1"), journal(1).result("a"));
        assertEquals(Optional.of("0.2"), journal(1).result("b"));
    }

    @Test
    void executorsGetItByJavasSerialization() throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(journal(2));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            ((Journal) in.readObject()).add("there", "value");
        }
        assertEquals(Optional.of("value"), journal(2).result("there"));
    }

    @Test
    void aFolderThatCannotBeWrittenOrReadIsNamedWithTheMend() throws IOException {
        Files.createDirectories(temporary.resolve("run/journal"));
        Files.writeString(temporary.resolve("run/journal/generation=1"), "in the way");
        String message = assertThrows(StoreException.class, () -> journal(1).add("a", "value"))
                .getMessage();
        assertTrue(
                message.contains("run/journal/generation=1/a.json cannot be written")
                        && message.contains("the same command goes on"),
                message);
    }
}
