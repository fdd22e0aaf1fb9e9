package org.evonorm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Utf8Test {

    @TempDir
    private Path folder;

    private String refusal(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("text"), content);
        return assertThrows(IllegalArgumentException.class, () -> Utf8.read(file))
                .getMessage();
    }

    @Test
    void aByteOrderMarkIsSkipped() throws IOException {
        Path file = Files.writeString(folder.resolve("text"), "\uFEFFgrößer");
        assertEquals("größer", Utf8.read(file));
        assertEquals("", Utf8.read(Files.writeString(file, "")));
    }

    @Test
    void anotherEncodingIsNamedByItsByte() throws IOException {
        String latin = refusal("tanh(x) é".getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(latin.contains("text is not UTF-8: byte 9 (0xe9)") && latin.endsWith("; save it as UTF-8"), latin);
        String wide = refusal("\uFEFFx".getBytes(StandardCharsets.UTF_16LE));
        assertTrue(wide.contains("byte 1 (0xff)") && wide.contains("looks like UTF-16"), wide);
        // The first byte of a letter of two, at the end.
        assertTrue(refusal(new byte[] {'x', (byte) 0xc3}).contains("byte 2 (0xc3)"));
    }

    @Test
    void aFileOfMegabytesIsRefusedUnread() throws IOException {
        String message = refusal(new byte[Utf8.MOST_BYTES + 1]);
        assertTrue(message.contains("has 8388609 bytes"), message);
    }
}
