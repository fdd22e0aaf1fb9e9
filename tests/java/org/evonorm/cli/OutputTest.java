package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkException;
import org.evonorm.cli.log.RunLog;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.settings.Settings;
import org.evonorm.store.RunFolder;
import org.junit.jupiter.api.Assertions;
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

    private static String printed(SearchSummary summary) {
        StringWriter text = new StringWriter();
        RunFolder none = RunFolder.at("target/no-run", new Configuration());
        try (RunLog log = RunLog.of("search", none, Assertions::fail, false);
                SearchReport report = new SearchReport(
                        new PrintWriter(text),
                        log,
                        Settings.load(Optional.empty(), List.of()).search())) {
            report.print(summary);
        }
        return text.toString();
    }

    @Test
    void aDeadlineBeforeAnythingWasJudgedIsOneCalmSentence() {
        assertEquals(
                List.of(
                        "The search stopped at its deadline before a generation was done; the same command goes on with"
                                + " what was trained since.",
                        "All tables are in runs/a."),
                printed(new SearchSummary("runs/a", -1, true, List.of("resnet50"), List.of(), List.of()))
                        .lines()
                        .toList());
        assertFalse(printed(new SearchSummary("runs/a", 0, true, List.of("resnet50"), List.of(), List.of()))
                .contains("No layer"));
        assertTrue(printed(new SearchSummary("runs/a", 1, false, List.of("resnet50"), List.of(), List.of()))
                .contains("No layer passed the filters so far"));
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
