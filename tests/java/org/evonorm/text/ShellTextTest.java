package org.evonorm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShellTextTest {

    @Test
    void plainWordsStayAsTheyAre() {
        assertEquals("runs/x-1.2", ShellText.quoted("runs/x-1.2"));
        assertEquals("'a b'", ShellText.quoted("a b"));
        assertEquals("''", ShellText.quoted(""));
    }

    @Test
    void aShellTakesTheWordAsOneArgument() throws IOException, InterruptedException {
        Random random = new Random(1);
        String signs = "ab'\"\\ $`!*?;&|<>(){}[]#~\t";
        for (int i = 0; i < 30; i++) {
            StringBuilder word = new StringBuilder("x");
            for (int j = random.nextInt(20); j >= 0; j--) {
                word.append(signs.charAt(random.nextInt(signs.length())));
            }
            Process shell = new ProcessBuilder("sh", "-c", "printf %s " + ShellText.quoted(word.toString())).start();
            String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, shell.waitFor());
            assertEquals(word.toString(), said);
        }
    }
}
