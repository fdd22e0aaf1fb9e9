package org.evonorm.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Objective;
import org.evonorm.search.KnownSearch;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of a run of three generations that asks for nine, and of one with generation 0 alone. */
class ReportTest {

    /** A name that a browser would run if it were markup. */
    private static final String HOSTILE = "run <img src=x onerror=alert(1)> & \"quoted\" 'name'";

    @TempDir
    private static Path folder;

    private static SparkSession spark;
    private static SearchSummary summary;
    private static Path page;
    private static Path firstPage;

    @BeforeAll
    static void search() throws IOException {
        spark = LocalSpark.session(2);
        summary = KnownSearch.run(spark, folder.resolve(HOSTILE), 3);
        KnownRerank.add(spark, folder.resolve(HOSTILE).toString(), summary, 0.5);
        page = folder.resolve("pages/a report.html");
        assertEquals(
                folder.resolve("pages/a report-plots"),
                report(folder.resolve(HOSTILE)).write(page));
        KnownSearch.run(spark, folder.resolve("first"), 0);
        firstPage = folder.resolve("first.html");
        report(folder.resolve("first")).write(firstPage);
    }

    private static Report report(Path run) {
        return Report.of(RunFolder.at(run.toString(), spark.sparkContext().hadoopConfiguration()));
    }

    @Test
    void plotsAreFilesThatCanBeRead() throws IOException {
        List<String> names = new ArrayList<>(List.of(
                "funnel",
                "accuracy-over-generations",
                "accuracy-over-hours",
                "accuracy-resnet50-mobilenetv2",
                "accuracy-resnet50-efficientnetb0",
                "accuracy-mobilenetv2-efficientnetb0",
                "learning-curves-resnet50",
                "learning-curves-mobilenetv2",
                "learning-curves-efficientnetb0"));
        for (String name : names) {
            Path plots = folder.resolve("pages/a report-plots");
            assertTrue(ImageIO.read(plots.resolve(name + ".png").toFile()).getWidth() > 500, name);
            assertTrue(Files.readString(plots.resolve(name + ".svg")).contains("<svg"), name);
        }
        try (Stream<Path> files = Files.list(folder.resolve("pages/a report-plots"))) {
            assertEquals(2L * names.size(), files.count());
        }
    }

    @Test
    void furtherObjectivesAreColumnsOfTheFrontAndPlots() throws IOException {
        Path run = folder.resolve("costs");
        SearchSummary costs = KnownSearch.run(spark, run, 1, "search.objectives=[accuracy, passes, saved-bytes]");
        Path written = folder.resolve("costs.html");
        Path plots = report(run).write(written);
        String text = Files.readString(written);
        assertTrue(text.contains("<button type=\"button\">saved-bytes</button>"));
        assertFalse(Files.readString(page).contains("saved-bytes</button>"));
        for (Evaluated baseline : costs.baselines()) {
            String cell = "<td class=\"number\" data-value=\""
                    + baseline.fitness().in(Objective.SAVED_BYTES).orElseThrow() + "\">";
            assertTrue(text.contains(cell), cell);
        }
        for (String name : List.of("accuracy-passes", "accuracy-saved-bytes")) {
            assertTrue(Files.readString(plots.resolve(name + ".svg")).contains("Pareto front"), name);
        }
    }

    @Test
    void theProgramAndTheMachineOfTheRunAreNamed() throws IOException {
        String html = Files.readString(page);
        String versions = html.substring(html.indexOf("<h2>Settings and versions</h2>"));
        for (String name : List.of("evonorm", "engine", "processor", "images-crc32")) {
            assertTrue(versions.contains("<tr><th>" + name + "</th><td><code>"), name);
        }
    }

    @Test
    void aRunWithoutCommittedGenerationsIsToldSo() throws IOException {
        Path started = Files.createDirectories(folder.resolve("started"));
        Files.copy(folder.resolve("first/run.conf"), started.resolve("run.conf"));
        String message = assertThrows(IllegalArgumentException.class, () -> report(started))
                .getMessage();
        assertTrue(message.contains("no generation of the run in " + started + " is committed yet"), message);
    }

    @Test
    void nothingInThePageIsMarkupThatTheRunBrought() throws IOException {
        assertFalse(Files.readString(page).contains("<img src=x"));
        assertTrue(Files.readString(page).contains("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;"));
    }

    @Test
    void aBrowserShowsAndSortsThePage() throws IOException {
        assumeTrue(Browser.missing().isEmpty(), () -> Browser.missing().orElseThrow());
        try (Browser browser = Browser.open(folder.resolve("profile"), 1280, 900)) {
            browser.go(page.toUri());
            assertEquals(
                    "Run " + HOSTILE,
                    browser.run("return document.querySelector('h1').textContent")
                            .asText());
            String best = String.format(
                    Locale.ROOT, "%.1f%%", 100 * summary.best().get(0).fitness().mean());
            assertTrue(browser.run("return document.querySelector('.figures').textContent")
                    .asText()
                    .contains(best));
            assertEquals(
                    "Rerank",
                    browser.run("return document.querySelector('section h2').textContent")
                            .asText());
            String rerank = browser.run("return document.querySelector('#rerank').innerText")
                    .asText();
            assertTrue(rerank.contains("51.5 ± 6.4") && rerank.contains("11.5 ± 6.4"), rerank);
            assertEquals(
                    6,
                    browser.run("document.querySelectorAll('details').forEach(it => it.open = true);"
                                    + "return document.querySelectorAll('.copied button').length")
                            .asInt());
            assertTrue(browser.run("document.querySelector('.copied button').click();"
                            + "return document.querySelector('.copied pre').textContent")
                    .asText()
                    .contains("--candidate " + summary.best().get(0).candidate().id()));
            String reasons = browser.run("return document.querySelector('#reasons').innerText")
                    .asText();
            assertTrue(reasons.contains("rejected by the static filter"), reasons);
            requireWhole(browser);
            checkSorting(browser, "mean", false);
            checkSorting(browser, "resnet50", true);
            checkSorting(browser, "nodes", true);
            checkSorting(browser, "passes", true);
            List<String> words = sorted(browser, "layer");
            assertEquals("ascending", direction(browser, "layer"));
            List<String> reversed = sorted(browser, "layer");
            Collections.reverse(reversed);
            assertEquals(words, reversed);
            assertEquals(
                    3,
                    browser.run("return document.querySelectorAll('.layer svg.graph').length")
                            .asInt());
            assertEquals(List.of(), browser.console());

            browser.go(firstPage.toUri());
            String text = browser.run("return document.body.innerText").asText();
            assertTrue(
                    text.contains("No layer has been trained so far: generation 0 holds the baselines alone."), text);
            assertTrue(text.contains("There is no front"), text);
            requireWhole(browser);
            assertEquals(List.of(), browser.console());
        }
    }

    /** All images are loaded, none comes from another place, and nothing lies outside of the window. */
    private static void requireWhole(Browser browser) throws IOException {
        assertEquals(
                0,
                browser.run("return [...document.images].filter(i => !i.complete || i.naturalWidth < 50).length")
                        .asInt());
        assertEquals(
                List.of(),
                browser.texts("return performance.getEntriesByType('resource').map(e => e.name)"
                        + ".filter(name => !name.startsWith('data:'))"));
        assertTrue(browser.run("return document.documentElement.scrollWidth <= window.innerWidth")
                .asBoolean());
    }

    private static void checkSorting(Browser browser, String heading, boolean descending) throws IOException {
        List<Double> values =
                sorted(browser, heading).stream().map(Double::valueOf).toList();
        assertTrue(values.size() > 2, "rows: " + values);
        List<Double> expected = new ArrayList<>(values);
        expected.sort(descending ? Comparator.reverseOrder() : Comparator.naturalOrder());
        assertEquals(expected, values);
        assertEquals(descending ? "descending" : "ascending", direction(browser, heading));
    }

    /** Clicks a heading and returns the cells of its column. */
    private static List<String> sorted(Browser browser, String heading) throws IOException {
        return browser.texts("""
                const table = document.querySelector('table.sortable');
                const column = [...table.tHead.rows[0].cells].findIndex(cell => cell.textContent.trim() === '%s');
                table.tHead.rows[0].cells[column].querySelector('button').click();
                return [...table.tBodies[0].rows].map(row => row.cells[column])
                    .map(cell => cell.dataset.value ?? cell.textContent.trim());
                """.formatted(heading));
    }

    private static String direction(Browser browser, String heading) throws IOException {
        return browser.run(
                        "return [...document.querySelectorAll('table.sortable th')].find(cell => cell.textContent.trim() === '"
                                + heading + "').getAttribute('aria-sort')")
                .asText();
    }
}
