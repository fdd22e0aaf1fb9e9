package org.evonorm.report.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.evonorm.report.KnownRerank;
import org.evonorm.report.RunHistory;
import org.evonorm.search.KnownSearch;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Comparisons of an evolution of three generations with a random search of two, both reranked. */
class ComparisonTest {

    @TempDir
    private static Path folder;

    private static SparkSession spark;
    private static String page;
    private static SearchSummary evolved;
    private static SearchSummary drawn;

    @BeforeAll
    static void compare() throws IOException {
        spark = LocalSpark.session(2);
        evolved = KnownSearch.run(spark, folder.resolve("evolved"), 3);
        drawn = KnownSearch.run(spark, folder.resolve("<drawn>"), 2, "search.strategy=random", "search.seed=5");
        KnownRerank.add(spark, folder.resolve("evolved").toString(), evolved, 0.6);
        KnownRerank.add(spark, folder.resolve("<drawn>").toString(), drawn, 0.5);
        assertEquals(
                folder.resolve("pages/both-plots"),
                Comparison.of(runs("evolved", "<drawn>")).write(folder.resolve("pages/both.html")));
        page = Files.readString(folder.resolve("pages/both.html"));
    }

    private static RunFolder run(String name) {
        return RunFolder.at(folder.resolve(name).toString(), new Configuration());
    }

    private static List<RunFolder> runs(String... names) {
        return Stream.of(names).map(ComparisonTest::run).toList();
    }

    @Test
    void settingsThatDifferAreNamedWithBothValues() {
        assertTrue(page.contains(
                "<tr><td><code>search.strategy</code></td><td class=\"formula\"><code>&quot;evolution&quot;</code></td>"
                        + "<td class=\"formula\"><code>&quot;random&quot;</code></td></tr>"));
        assertTrue(page.contains("<code>search.seed</code>"));
        assertTrue(page.contains("<code>search.generations</code>"));
        assertFalse(page.contains("<code>search.run</code>"));
        assertFalse(page.contains("<code>search.window</code>"));
        assertFalse(page.contains("Layers were trained or scored in other ways"));
    }

    @Test
    void theLayersOfBothFrontsStandInOneTable() {
        for (SearchSummary summary : List.of(evolved, drawn)) {
            assertTrue(page.contains("<td class=\"id\"><code>"
                    + summary.best().get(0).candidate().id() + "</code></td>"));
        }
        assertTrue(page.contains("<td>evolved</td><td>•</td>"));
        assertTrue(page.contains("<td>&lt;drawn&gt;</td>"), "names are escaped");
        assertFalse(page.contains("<drawn>"));
    }

    @Test
    void reranksStandBesideEachOtherWithTheirIntervals() {
        int better = page.indexOf("<b>61.5 ± ");
        int worse = page.indexOf("<b>51.5 ± ");
        assertTrue(0 < better && better < worse, better + " " + worse);
        assertTrue(page.contains("Seeds: evolved 2, &lt;drawn&gt; 2."));
    }

    @Test
    void plotsShowBothRuns() throws IOException {
        Path plots = folder.resolve("pages/both-plots");
        for (String name : List.of(
                "best-over-generations",
                "best-over-hours",
                "front-over-generations",
                "front-over-hours",
                "fronts-resnet50-mobilenetv2",
                "fronts-resnet50-efficientnetb0",
                "fronts-mobilenetv2-efficientnetb0")) {
            assertTrue(ImageIO.read(plots.resolve(name + ".png").toFile()).getWidth() > 500, name);
            assertTrue(Files.readString(plots.resolve(name + ".svg")).contains(">evolved<"), name);
        }
    }

    @Test
    void theProgressNeverFalls() {
        List<RunProgress.Point> progress = RunProgress.of(RunHistory.read(run("evolved")));
        assertEquals(4, progress.size());
        assertEquals(0, progress.get(0).volume());
        assertTrue(Double.isNaN(progress.get(0).best()));
        for (int i = 2; i < progress.size(); i++) {
            assertTrue(progress.get(i).best() >= progress.get(i - 1).best());
            assertTrue(progress.get(i).volume() >= progress.get(i - 1).volume());
            assertTrue(progress.get(i).seconds() >= progress.get(i - 1).seconds());
        }
        assertEquals(evolved.best().get(0).fitness().mean(), progress.get(3).best());
    }

    @Test
    void runsThatCannotBeComparedAreRefused() {
        KnownSearch.run(spark, folder.resolve("one network"), 0, "search.networks=[resnet50]");
        assertRefused(
                "the first judges layers in resnet50, mobilenetv2, efficientnetb0 and the second in resnet50; name runs",
                "evolved",
                "one network");
        assertRefused("is named twice; name different runs to compare", "evolved", "evolved");
        assertRefused("there is no run in " + folder.resolve("none"), "evolved", "none");
    }

    @Test
    void otherImagesAreRefusedAndOtherTrainingsTold() throws IOException {
        KnownSearch.run(spark, folder.resolve("longer"), 0, "training.steps=3000");
        Comparison.of(runs("evolved", "longer")).write(folder.resolve("longer.html"));
        assertTrue(
                Files.readString(folder.resolve("longer.html"))
                        .contains(
                                "Layers were trained or scored in other ways, so that accuracies differ for this reason, too."));

        Path other = Files.createDirectories(folder.resolve("other images"));
        String conf = Files.readString(folder.resolve("longer/run.conf"));
        // Without its first line, the checksum, a run.conf is taken as it is.
        Files.writeString(
                other.resolve("run.conf"),
                conf.substring(conf.indexOf('\n') + 1).replaceFirst("images-crc32=\"?1234\"?", "images-crc32=\"99\""));
        assertRefused(
                "they have other images (by the same settings, so that files have changed)", "evolved", "other images");
    }

    private static void assertRefused(String part, String... names) {
        String message = assertThrows(RuntimeException.class, () -> Comparison.of(runs(names)))
                .getMessage();
        assertTrue(message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }
}
