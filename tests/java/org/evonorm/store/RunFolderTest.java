package org.evonorm.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

    private static final Configuration HADOOP = new Configuration();

    @TempDir
    private Path temporary;

    private RunFolder at(String name) {
        return RunFolder.at(temporary.resolve(name).toString(), HADOOP);
    }

    private static void assertSays(String part, Runnable action) {
        String message = assertThrows(StoreException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void aNewFolderIsMadeWhereNoneIs() {
        RunFolder folder = at("runs/deep/one");
        assertFalse(folder.isStarted());
        StartedRun.in(folder, "search.seed = 7");
        assertTrue(at("runs/deep/one").isStarted());
        assertEquals("search.seed = 7", at("runs/deep/one").settings());
        assertEquals(0, folder.committedGenerations());
    }

    @Test
    void messagesShowLocalPathsWithoutAScheme() {
        assertEquals(temporary.resolve("run").toString(), at("run").toString());
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Files.writeString(temporary.resolve("file"), "text");
        assertSays("is a file", () -> at("file"));
        assertSays("file/run", () -> StartedRun.in(at("file/run"), ""));
    }

    @Test
    void aFolderOfSomethingElseIsRefused() throws IOException {
        Files.createDirectories(temporary.resolve("photos/2020"));
        assertSays("holds 2020 but no run.conf", () -> at("photos"));
    }

    @Test
    void whatACutShortStartLeftIsNotInTheWay() throws IOException {
        Files.createDirectories(temporary.resolve("run"));
        Files.writeString(temporary.resolve("run/.run.conf.tmp"), "search {");
        assertFalse(at("run").isStarted());
        StartedRun.in(at("run"), "whole");
        assertEquals("whole", at("run").settings());
    }

    @Test
    void settingsThatWereAlteredAreRefusedAndCanBeTakenAsTheyAre() throws IOException {
        String settings = "search {\n  seed = 7\n  generations = 12\n}\n";
        StartedRun.in(at("run"), settings);
        Path conf = temporary.resolve("run/run.conf");
        byte[] whole = Files.readAllBytes(conf);
        for (int i = 0; i < whole.length; i++) {
            for (int bit = 0; bit < 7; bit++) {
                byte[] altered = whole.clone();
                altered[i] ^= (byte) (1 << bit);
                Files.write(conf, altered);
                try {
                    // A comment that says something else about the same settings.
                    assertTrue(at("run").settings().endsWith("\n" + settings), "byte " + i);
                } catch (StoreException e) {
                    assertTrue(e.getMessage().contains("run.conf was altered since it was written; restore it"));
                }
            }
        }
        Files.writeString(conf, settings.replace('7', '8'));
        assertEquals(settings.replace('7', '8'), at("run").settings());
    }

    @Test
    void aFolderInThePlaceOfSettingsIsToldAsOne() throws IOException {
        Files.createDirectories(temporary.resolve("run/run.conf"));
        assertSays("run.conf cannot be read (it is a folder)", () -> at("run").settings());
    }

    @Test
    void thereAreNoSettingsWithoutARun() {
        assertSays("there is no run in", () -> at("nowhere").settings());
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamedWithTheMend() {
        Configuration hadoop = new Configuration();
        hadoop.setClass("fs.readonly.impl", ReadOnly.class, ReadOnly.class);
        RunFolder folder = RunFolder.at("readonly://" + temporary.resolve("run"), hadoop);
        assertSays(".lease cannot be written (Permission denied", () -> StartedRun.in(folder, ""));
        assertSays("make the folder writable", () -> StartedRun.in(folder, ""));
    }

    @Test
    void anUnknownFileSystemIsNamed() {
        assertSays(
                "the run folder nosuch://host/run cannot be reached", () -> RunFolder.at("nosuch://host/run", HADOOP));
        assertSays("cannot be reached", () -> RunFolder.at("", HADOOP));
    }

    /**
     * A local file system on which every creation fails. File permissions would not do, since they do not bind tests
     * that run as root.
     */
    public static final class ReadOnly extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("readonly:///");
        }

        @Override
        protected OutputStream createOutputStreamWithMode(
                org.apache.hadoop.fs.Path path, boolean append, FsPermission permission) throws IOException {
            throw new AccessControlException("Permission denied");
        }
    }
}
