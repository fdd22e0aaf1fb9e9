package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class OutputTest {

    private static List<String> lines(TextTable table) {
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text));
        return text.toString().lines().toList();
    }

    @Test
    void aTableAlignsFiguresRightAndWordsLeft() {
        TextTable table = new TextTable("name", "share", "note");
        table.row("a", "9.5%", "");
        table.row("long name", "100.0%", "x");
        table.row("b", "", "long");
        assertEquals(
                List.of(
                        "name        share  note",
                        "a            9.5%",
                        "long name  100.0%  x",
                        "b                  long"),
                lines(table));
    }

    @Test
    void aTableRefusesRowsThatDoNotFit() {
        assertThrows(IllegalArgumentException.class, () -> new TextTable("a", "b").row("1"));
    }

    @Test
    void progressWithoutTerminalIsALineNowAndThen() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (Progress often = new Progress.Lines(out, "task", "step", 4, Duration.ZERO);
                Progress seldom = new Progress.Lines(out, "other", "step", 4, Duration.ofHours(1))) {
            often.at(0, "");
            often.at(1, "loss 2");
            often.at(4, "");
            seldom.at(4, "");
        }
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(0).matches("task: step 1 of 4, [0-9.]+/min, loss 2, \\d+ s left"), lines.get(0));
        assertTrue(lines.get(1).matches("task: step 4 of 4, [0-9.]+/min, 0 s left"), lines.get(1));
    }

    @Test
    void failuresTellTheirCauseInOneLine() {
        assertEquals("what is wrong", Failure.sentence(new IllegalArgumentException("what is wrong")));
        assertEquals(
                "disk full", Failure.sentence(new SparkException("Job aborted\nat x", new IOException("disk full"))));
        assertEquals("NullPointerException (--debug shows where)", Failure.sentence(new NullPointerException()));
        assertEquals(
                "NoSuchElementException: key (--debug shows where)",
                Failure.sentence(new NoSuchElementException("key\nmore")));
        assertEquals(
                "the machine is unfit (--debug shows where)",
                Failure.sentence(new IllegalStateException("the machine is unfit")));
        assertEquals("stopped", Failure.sentence(new CancellationException("stopped")));
    }
}
