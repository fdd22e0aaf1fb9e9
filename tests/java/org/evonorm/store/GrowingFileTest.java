package org.evonorm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.data.WrappedFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingFileTest {

    @TempDir
    private Path folder;

    /** Files that show when they are closed, as an object store's do. */
    public static final class Objects extends WrappedFiles {

        public Objects() {
            super("objects");
        }

        @Override
        protected OutputStream wrapped(OutputStream file) {
            return new ByteArrayOutputStream() {
                @Override
                public void close() throws IOException {
                    writeTo(file);
                    file.close();
                }
            };
        }
    }

    private GrowingFile file(String location, Duration closedEvery) throws IOException {
        Configuration hadoop = new Configuration();
        hadoop.set("fs.objects.impl", Objects.class.getName());
        return GrowingFile.in(location, hadoop, part -> "part-" + part, "head ".getBytes(UTF_8), closedEvery);
    }

    private String part(int number) throws IOException {
        return Files.readString(folder.resolve("new/part-" + number));
    }

    @Test
    void onADiskBytesShowAtOnceInOneFile() throws IOException {
        try (GrowingFile file = file(folder.resolve("new").toString(), Duration.ZERO)) {
            assertTrue(Files.notExists(folder.resolve("new")));
            file.write("a".getBytes(UTF_8));
            assertEquals("head a", part(1));
            file.write("b".getBytes(UTF_8));
            assertEquals("head ab", part(1));
        }
        assertTrue(Files.notExists(folder.resolve("new/part-2")));
        assertTrue(Files.notExists(folder.resolve("new/.part-1.crc")));
    }

    @Test
    void onAnObjectStoreTheFileIsClosedNowAndThen() throws IOException {
        String location = "objects://" + folder.resolve("new");
        try (GrowingFile file = file(location, Duration.ZERO)) {
            file.write("a".getBytes(UTF_8));
            assertEquals("head a", part(1));
            file.write("b".getBytes(UTF_8));
            assertEquals("head b", part(2));
        }
        try (GrowingFile file = file(location, Duration.ofHours(1))) {
            file.write("c".getBytes(UTF_8));
            file.write("d".getBytes(UTF_8));
            assertEquals("", part(3));
        }
        assertEquals("head cd", part(3));
    }

    @Test
    void aFileOfAnotherProcessIsLeftAlone() throws IOException {
        String location = folder.resolve("new").toString();
        try (GrowingFile first = file(location, Duration.ZERO);
                GrowingFile second = file(location, Duration.ZERO)) {
            first.write("a".getBytes(UTF_8));
            second.write("b".getBytes(UTF_8));
            first.write("c".getBytes(UTF_8));
        }
        assertEquals("head ac", part(1));
        assertEquals("head b", part(2));
    }

    @Test
    void aFolderThatIsAFileIsAFailure() throws IOException {
        Files.writeString(folder.resolve("new"), "");
        try (GrowingFile file = file(folder.resolve("new").toString(), Duration.ZERO)) {
            assertThrows(IOException.class, () -> file.write("a".getBytes(UTF_8)));
        }
    }
}
