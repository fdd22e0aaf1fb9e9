package org.evonorm.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunConfTest {

    private static final Accepted OTHER_VERSION = new Accepted(false, true);
    private static final Settings SETTINGS = Settings.load(Optional.empty(), List.of());

    @TempDir
    private Path temporary;

    private String version;

    @BeforeEach
    void startARun() {
        assertEquals(List.of(), enter(Accepted.NOTHING));
        version = Versions.all().get("evonorm");
    }

    private List<String> enter(Accepted accepted) {
        RunFolder folder = folder();
        try (RunLease lease = RunLease.acquire(folder)) {
            return RunConf.enter(folder, lease, SETTINGS, "1234", accepted);
        }
    }

    private List<String> rerank(Accepted accepted) {
        return RunConf.requireSame(folder(), SETTINGS, "1234", accepted);
    }

    private RunFolder folder() {
        return RunFolder.at(temporary.resolve("run").toString(), new Configuration());
    }

    private String conf() throws IOException {
        return Files.readString(temporary.resolve("run/run.conf"));
    }

    /** Replaces the one line of a fact; an empty value takes the line away. */
    private void record(String fact, String value) throws IOException {
        String line = value.isEmpty() ? "" : "    " + fact + "=\"" + value + "\"";
        String changed = conf().replaceAll("(?m)^ +" + fact + "=.*$", line);
        write(changed);
    }

    /** Writes run.conf as somebody does who changes it on purpose: without the line of its checksum. */
    private void write(String text) throws IOException {
        Files.writeString(temporary.resolve("run/run.conf"), text.replaceFirst("^#.*\n", ""));
        // The checksum beside the file is of the text before.
        Files.deleteIfExists(temporary.resolve("run/.run.conf.crc"));
    }

    @Test
    void theSameProgramAndMachineGoesOnWithoutAWord() {
        assertEquals(List.of(), enter(Accepted.NOTHING));
        assertEquals(List.of(), rerank(Accepted.NOTHING));
    }

    @Test
    void anotherPatchGoesOnWithANote() throws IOException {
        String patch = version.substring(0, version.lastIndexOf('.')) + ".99";
        record("evonorm", patch);
        for (List<String> notes : List.of(enter(Accepted.NOTHING), rerank(Accepted.NOTHING))) {
            assertEquals(
                    List.of("The run was started by evonorm " + patch + " and goes on with " + version + "."), notes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1.0", "0.20.0", "1.2.0", "0.3.0-SNAPSHOT", "unheard of", "٠.٢.٠"})
    void anotherVersionIsRefusedUnlessItIsAccepted(String other) throws IOException {
        record("evonorm", other);
        String before = conf();
        for (SettingsException refusal : List.of(
                assertThrows(SettingsException.class, () -> enter(Accepted.NOTHING)),
                assertThrows(SettingsException.class, () -> enter(new Accepted(true, false))),
                assertThrows(SettingsException.class, () -> rerank(Accepted.NOTHING)))) {
            String message = refusal.getMessage();
            assertTrue(message.contains("evonorm " + other + ", and this is evonorm " + version), message);
            assertTrue(message.contains("accuracies may differ") && message.contains("--other-version"), message);
        }
        assertEquals(before, conf());

        assertEquals(1, rerank(OTHER_VERSION).size());
        assertEquals(before, conf());
        assertEquals(1, enter(OTHER_VERSION).size());
        assertTrue(conf().contains("from generation 0: evonorm " + other + ", now " + version), conf());
        // Accepted once, the version is the run's.
        assertEquals(List.of(), enter(Accepted.NOTHING));
        assertEquals(List.of(), rerank(Accepted.NOTHING));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"search.primitives=[paper, erf]", "search.vectors.v1.start=0.5", "search.vectors.v0.per=layer"})
    void anotherSearchSpaceIsRefused(String change) {
        Settings other = Settings.load(Optional.empty(), List.of(change));
        RunFolder folder = folder();
        String message = assertThrows(SettingsException.class, () -> RunConf.check(folder, other, Accepted.NOTHING))
                .getMessage();
        assertTrue(message.contains(change.substring(0, change.indexOf('='))), message);
    }

    /** A run from before there was a choice has the paper's search space. */
    @Test
    void aRunWithoutASearchSpaceHasThePapers() throws IOException {
        String older = conf().replaceAll("(?s)    primitives=\\[.*?\\]\n", "")
                .replaceAll("(?s)    vectors \\{\n.*?\n    \\}\n", "");
        assertFalse(older.contains("primitives") || older.contains("vectors"), older);
        write(older);
        assertEquals(List.of(), enter(Accepted.NOTHING));
    }

    @Test
    void anotherProcessorOrEngineGoesOnWithANote() throws IOException {
        record("processor", "m68k with vectors of 32 bits");
        record("engine", "cpu: oneDNN 1.0, LLVM 2.0");
        for (List<String> notes : List.of(enter(Accepted.NOTHING), rerank(Accepted.NOTHING))) {
            assertEquals(2, notes.size(), notes.toString());
            assertTrue(notes.get(0).contains("LLVM 2.0 and goes on with cpu: oneDNN 3."), notes.get(0));
            assertTrue(notes.get(1).contains("m68k with vectors of 32 bits and goes on with"), notes.get(1));
            assertTrue(notes.stream().allMatch(note -> note.contains("last digits")), notes.toString());
        }
    }

    @Test
    void aRunWithoutTheseFactsStillOpens() throws IOException {
        record("processor", "");
        record("engine", "");
        assertEquals(List.of(), enter(Accepted.NOTHING));
        record("evonorm", "");
        assertEquals(List.of(), enter(Accepted.NOTHING));
        assertEquals(List.of(), rerank(Accepted.NOTHING));
    }

    /** The defaults are the paper's: a rerank that takes them for the run's own would train for days. */
    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing", "{}", "search {}", "null = 1", "search = null"})
    void aRunConfWithoutItsSectionsIsRefused(String text) throws IOException {
        write(text);
        for (SettingsException refusal : List.of(
                assertThrows(SettingsException.class, () -> enter(Accepted.NOTHING)),
                assertThrows(SettingsException.class, () -> rerank(Accepted.NOTHING)))) {
            String message = refusal.getMessage();
            assertTrue(message.contains("run/run.conf is damaged") && message.contains("restore it"), message);
        }
    }

    @Test
    void theThresholdOfAnEarlierVersionIsTheOneOfTenClasses() throws IOException {
        String earlier = conf().replace("ten-class-threshold", "threshold");
        assertTrue(earlier.contains(" threshold=0.15"), earlier);
        write(earlier);
        assertEquals(List.of(), enter(Accepted.NOTHING));
        assertEquals(
                SETTINGS.rejection().quality(),
                RunConf.settings(folder(), Optional.empty(), List.of())
                        .rejection()
                        .quality());
    }

    @Test
    void whatRunConfRecordsIsThere() throws IOException {
        String conf = conf();
        assertTrue(conf.contains("engine=\"cpu: oneDNN 3."), conf);
        assertTrue(conf.contains("processor=\"" + System.getProperty("os.arch") + " with "), conf);
        assertTrue(conf.contains("evonorm=\"" + version + "\""), conf);
    }
}
