package org.evonorm.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingStatesTest {

    @TempDir
    private Path temporary;

    private TrainingStates states;

    @BeforeEach
    void write() {
        states = TrainingStates.in(
                new org.apache.hadoop.fs.Path(temporary.resolve("states").toString()), new Configuration());
        states.write("net-1", 3, 1, new float[] {4});
        states.write("net-1", 3, 0, new float[] {1, Float.NaN, 3});
    }

    @Test
    void stretchesComeBackInOrder() {
        assertArrayEquals(new float[] {1, Float.NaN, 3, 4}, states.read("net-1", 3));
    }

    @Test
    void anAlteredCutOrMissingStretchIsNamed() throws IOException {
        Path stretch = temporary.resolve("states/round=3/net-1/0");
        Files.deleteIfExists(stretch.resolveSibling(".0.crc"));
        byte[] whole = Files.readAllBytes(stretch);
        byte[] altered = whole.clone();
        altered[2] ^= 8;
        Files.write(stretch, altered);
        assertNamed();
        for (int size : new int[] {0, 3, 4, whole.length - 4, whole.length - 1}) {
            Files.write(stretch, Arrays.copyOf(whole, size));
            assertNamed();
        }
        Files.delete(stretch);
        assertNamed();
    }

    private void assertNamed() {
        String message = assertThrows(StoreException.class, () -> states.read("net-1", 3))
                .getMessage();
        assertTrue(message.contains("round=3/net-1, the state of a training, cannot be read"), message);
    }
}
