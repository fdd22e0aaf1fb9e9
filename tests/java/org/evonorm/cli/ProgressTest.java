package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {

    private static final ProgressText TRAIN = new ProgressText("generation 2, train", "trainings", 30);

    private static String bar(double done, String detail, Duration elapsed, int width) {
        return TRAIN.bar(new ProgressText.State(done, detail, elapsed), elapsed, width);
    }

    private static String line(double done, String detail, Duration elapsed) {
        return TRAIN.line(new ProgressText.State(done, detail, elapsed), elapsed);
    }

    @Test
    void betweenTwoNewsTheTimeLeftShrinks() {
        ProgressText.State news = new ProgressText.State(10, "", Duration.ofSeconds(20));
        assertEquals("generation 2, train: 10 of 30 trainings, 40 s left", TRAIN.line(news, Duration.ofSeconds(20)));
        assertEquals("generation 2, train: 10 of 30 trainings, 33 s left", TRAIN.line(news, Duration.ofSeconds(27)));
        assertEquals("generation 2, train: 10 of 30 trainings, 0 s left", TRAIN.line(news, Duration.ofSeconds(99)));
    }

    @Test
    void atEightyAndSixtyColumnsEverythingIsThere() {
        assertEquals(
                "generation 2, train  41% [####......] 12.4 of 30, 2 h 21 min left, best 23.5%",
                bar(12.4, "best 23.5%", Duration.ofMinutes(100), 77));
        assertEquals(
                "generation 2, train  41% [###......] 12.4 of 30, 7 min left",
                bar(12.4, "best 23.5%", Duration.ofMinutes(5), 59));
    }

    @Test
    void whatDoesNotFitIsLeftOut() {
        assertEquals(
                "generation 2,...  41% 12.4 of 30, 7 min left", bar(12.4, "best 23.5%", Duration.ofMinutes(5), 48));
        String formula = "max(log(sigmoid(v1)), x + v0 + 0)".repeat(1000);
        assertEquals(
                77,
                new ProgressText(formula, "steps", 10)
                        .bar(new ProgressText.State(1, formula, Duration.ofMinutes(1)), Duration.ofMinutes(1), 77)
                        .length());
    }

    @Test
    void noLineIsWiderThanTheTerminal() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 10_000; i++) {
            long total = random.nextLong(0, 1L << random.nextInt(1, 60));
            ProgressText text = new ProgressText("t".repeat(random.nextInt(90)), "steps", total);
            int width = random.nextInt(0, 200);
            Duration elapsed = Duration.ofMillis(random.nextLong(1, 1L << random.nextInt(1, 50)));
            double done = random.nextDouble(0, total + 1.0);
            String line =
                    text.bar(new ProgressText.State(done, "d".repeat(random.nextInt(40)), elapsed), elapsed, width);
            assertTrue(line.length() <= width, width + ": " + line);
        }
    }

    @Test
    void beforeThereIsARateNoTimeIsLeft() {
        assertEquals("generation 2, train: 30 trainings", line(0, "", Duration.ofSeconds(100)));
        assertEquals("generation 2, train: 1 of 30 trainings", line(1, "", Duration.ofSeconds(1)));
        assertEquals(
                "generation 2, train: 0.2 of 30 trainings, 4 h 8 min left, best 9.0%",
                line(0.2, "best 9.0%", Duration.ofSeconds(100)));
        assertEquals("generation 2, train: 30 of 30 trainings", line(30, "", Duration.ofHours(1)));
    }

    @Test
    void workOfUnknownLengthTellsItsTime() {
        ProgressText spark = new ProgressText("starting Spark", "", 0);
        assertEquals("starting Spark", spark.line(ProgressText.State.BEGINNING, Duration.ofSeconds(2)));
        assertEquals("starting Spark, 2 min so far", spark.line(ProgressText.State.BEGINNING, Duration.ofMinutes(2)));
        assertEquals("starting Spark, 7 s", spark.bar(ProgressText.State.BEGINNING, Duration.ofSeconds(7), 77));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 s",
        "119, 119 s",
        "120, 2 min",
        "659, 10 min",
        "3599, 59 min",
        "3600, 1 h 0 min",
        "86399, 23 h 59 min",
        "90000, 1 d 1 h"
    })
    void timesAreAsPreciseAsIsOfUse(long seconds, String text) {
        assertEquals(text, ProgressText.time(Duration.ofSeconds(seconds)));
    }

    @Test
    void aTerminalIsRedrawnWithoutNews() throws InterruptedException {
        List<String> drawn = Collections.synchronizedList(new ArrayList<>());
        try (Progress progress =
                TerminalProgress.on(new DelegatingProgressBarConsumer(drawn::add, 77), TRAIN, Duration.ofMillis(20))) {
            progress.at(12.4, "best 23.5%");
            Thread.sleep(1000);
        }
        long same = drawn.stream().filter(line -> line.contains(" 12.4 of 30")).count();
        assertTrue(same >= 3, drawn.toString());
    }

    /** The lines of a terminal that printed a text, from the first column of its first line on. */
    private static List<String> screen(String printed) {
        List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
        int column = 0;
        for (int i = 0; i < printed.length(); i++) {
            StringBuilder line = lines.get(lines.size() - 1);
            if (printed.startsWith("\u001b[K", i)) {
                line.setLength(column);
                i += 2;
            } else if (printed.charAt(i) == '\r') {
                column = 0;
            } else if (printed.charAt(i) == '\n') {
                lines.add(new StringBuilder());
                column = 0;
            } else {
                line.replace(column, column + 1, printed.substring(i, i + 1));
                column++;
            }
        }
        return lines.stream().map(line -> line.toString().stripTrailing()).toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNextLineStandsWhereTheProgressStood(boolean interrupted) throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        ProgressText reading = new ProgressText("reading earlier generations", "", 0);
        try (Progress progress = TerminalProgress.on(new TerminalLine(out), reading, Duration.ofMillis(20))) {
            Thread.sleep(300);
            progress.at(0, "");
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        assertEquals(interrupted, Thread.interrupted());
        out.print("New search\n");
        String printed = bytes.toString(StandardCharsets.UTF_8);
        assertEquals(List.of("New search", ""), screen(printed), printed);
        // Once, and perhaps a second time by the redrawing thread that is just ending; not every 20 ms.
        int drawn = printed.split("reading earlier generations, 0 s", -1).length - 1;
        assertTrue(drawn == 1 || drawn == 2, "drawn " + drawn + " times: " + printed);
    }

    @Test
    void aShorterLineLeavesNothingOfALongerOne() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (TerminalLine line = new TerminalLine(out)) {
            line.accept("12 of 30, best 23.5%");
            line.accept("13 of 30");
            assertEquals(List.of("13 of 30"), screen(bytes.toString(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void fewItemsCountInHundredths() {
        ProgressText one = new ProgressText("train", "trainings", 1);
        assertEquals(
                "train   8% [###.....................................] 0.08 of 1",
                one.bar(new ProgressText.State(0.084, "", Duration.ofSeconds(5)), Duration.ofSeconds(5), 77));
        assertEquals("0.3 of 30", line(0.33, "", Duration.ofSeconds(1)).replaceFirst(".*: (.*) trainings", "$1"));
    }

    private static List<String> logged(Duration first, Duration later, int millis) throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (Progress progress = LogProgress.of(out::println, TRAIN, first, later)) {
            progress.at(0.5, "");
            Thread.sleep(millis);
        }
        int length = bytes.size();
        Thread.sleep(100);
        assertEquals(length, bytes.size(), "lines after the end");
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void aLogGetsALineSoonAndThenSeldom() throws InterruptedException {
        assertEquals(
                List.of("generation 2, train: 0.5 of 30 trainings"),
                logged(Duration.ofMillis(50), Duration.ofHours(1), 500));
        assertTrue(logged(Duration.ofMillis(50), Duration.ofMillis(50), 500).size() >= 3);
        assertEquals(List.of(), logged(Duration.ofHours(1), Duration.ofHours(1), 100));
    }
}
