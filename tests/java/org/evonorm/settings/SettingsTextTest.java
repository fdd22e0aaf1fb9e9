package org.evonorm.settings;

import static org.evonorm.settings.Loading.refusal;
import static org.evonorm.settings.Loading.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.evonorm.evolution.Strategy;
import org.evonorm.graph.Family;
import org.evonorm.graph.SearchSpace;
import org.evonorm.training.RateDecay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of settings: files, includes and the values of the command line, before a section reads its settings. */
class SettingsTextTest {

    @TempDir
    private Path temporary;

    private Settings withFile(String text, String... overrides) throws IOException {
        return Settings.load(Optional.of(file(text)), List.of(overrides));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(temporary.resolve("my.conf"), text);
    }

    private String refusalOfFile(String text) {
        return assertThrows(SettingsException.class, () -> withFile(text)).getMessage();
    }

    private String refusalOf(String text) throws IOException {
        Path file = file(text);
        String message = assertThrows(SettingsException.class, () -> Settings.load(Optional.of(file), List.of()))
                .getMessage();
        assertTrue(message.length() < 400, message);
        return message;
    }

    @Test
    void overridesWinOverTheFileAndTheLastOneWins() throws IOException {
        Settings settings = withFile(
                "search { generations = 4, seed = 9 }\ntraining.decay = cosine",
                "search.generations=5",
                "search.generations=6");
        assertEquals(6, settings.search().generations());
        assertEquals(9, settings.search().seed());
        assertEquals(RateDecay.COSINE, settings.training().decay());
    }

    @Test
    void textNeedsNoQuotesOnTheCommandLine() {
        assertEquals(
                "hdfs://host:8020/a//b?c",
                with("search.run=hdfs://host:8020/a//b?c").search().run());
        assertEquals("a b", with("search.run=\"a b\"").search().run());
        assertEquals(
                SearchSpace.of(Family.S),
                with("search.family=s").search().reproduction().space());
        assertEquals(
                Strategy.RANDOM,
                with("search.strategy = Random").search().reproduction().strategy());
    }

    @Test
    void filesAreNamedWithTheLine() {
        String unknown = refusalOfFile("search {\n  seed = 1\n  propsals = 10\n}\n");
        assertTrue(unknown.contains("search.propsals (" + temporary.resolve("my.conf") + ", line 3)"), unknown);
        assertTrue(unknown.contains("did you mean search.proposals?"), unknown);
        String wrong = refusalOfFile("search.seed = 1\n\ntraining.steps = many");
        assertEquals(
                "training.steps must be a whole number of at least 1, not \"many\" (" + temporary.resolve("my.conf")
                        + ", line 3)",
                wrong);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "search.networks=[resnet50, mobilenetv2]",
                "search.networks=resnet50,mobilenetv2",
                "search.networks=resnet50 mobilenetv2",
                "search.networks=\"resnet50, mobilenetv2\"",
            })
    void aListTakesCommasAndBlanks(String override) {
        Settings settings = Settings.load(Optional.empty(), List.of(override));
        assertEquals(List.of("resnet50", "mobilenetv2"), settings.search().networks());
        assertEquals(List.of("resnet50", "mobilenetv2"), settings.resolved().getStringList("search.networks"));
        assertEquals(settings.search().networks(), settings.rejection().stabilityNetworks());
    }

    @Test
    void aListOfLayersKeepsTheCommasOfFormulas() throws IOException {
        Settings settings = Settings.load(
                Optional.of(file("search.baselines = \"identity, max(x, v0)\"")),
                List.of("search.seed-layers=x,EvoNorm-S0"));
        assertEquals(
                List.of("identity", "max(x, v0)"),
                settings.search().baselines().stream().map(Baseline::name).toList());
        assertEquals(2, settings.search().seedLayers().size());
    }

    @Test
    void settingsNestReferAndGrowAsFarAsSettingsHaveTo() throws IOException {
        String open = "{a:".repeat(HoconGuard.MOST_BRACKETS + 1);
        for (String text : List.of(
                "search = " + open + "1" + "}".repeat(HoconGuard.MOST_BRACKETS + 1),
                "search.baselines = " + "[".repeat(HoconGuard.MOST_BRACKETS + 1))) {
            assertTrue(refusalOf(text).contains("opening brackets, and settings may have 500"), refusalOf(text));
        }
        String references = "search.run = " + "${search.run}".repeat(HoconGuard.MOST_REFERENCES + 1);
        assertTrue(refusalOf(references).contains("references ${…}, and settings may have 20"));
        String long1 = "# " + "x".repeat(HoconGuard.MOST_CHARACTERS);
        assertTrue(refusalOf(long1).contains("characters, and settings may have"));
        assertTrue(refusal("search=" + "[".repeat(HoconGuard.MOST_BRACKETS + 1)).contains("opening brackets"));
    }

    @Test
    void anOverrideIsUnicode() {
        assertEquals(
                "--set search.run=a\\u{d800} holds half of a character; write it in UTF-8",
                refusal("search.run=a\ud800"));
    }

    @Test
    void aValueInThePlaceOfASectionHidesNoDefaults() throws IOException {
        assertEquals(
                "the setting networks.convnext has no value, because a section around it is set to a value too;"
                        + " leave that value out",
                refusalOf("networks = [a]\nnetworks.resnet50.width = 0.25"));
    }

    @Test
    void aSettingsFileIsInUtf8() throws IOException {
        Path file = file("search.generations = 3");
        Files.writeString(file, "\uFEFFsearch.generations = 3");
        assertEquals(3, Settings.load(Optional.of(file), List.of()).search().generations());
        Files.write(file, "# é\nsearch.generations = 3".getBytes(StandardCharsets.ISO_8859_1));
        String message = assertThrows(SettingsException.class, () -> Settings.load(Optional.of(file), List.of()))
                .getMessage();
        assertTrue(message.contains("is not UTF-8: byte 3 (0xe9)"), message);
    }

    @Test
    void aFileThatIncludesItselfIsRefused() throws IOException {
        Path file = temporary.resolve("itself.conf");
        Files.writeString(file, "include \"itself.conf\"\ninclude \"itself.conf\"\n");
        String message = assertThrows(SettingsException.class, () -> Settings.load(Optional.of(file), List.of()))
                .getMessage();
        assertTrue(message.contains("includes more than 20 files, or itself"), message);
    }

    @Test
    void aMissingOrBrokenFileIsNamed() throws IOException {
        String missing = assertThrows(
                        SettingsException.class, () -> Settings.load(Optional.of(Path.of("no/such.conf")), List.of()))
                .getMessage();
        assertTrue(missing.contains("no/such.conf"), missing);
        String broken = refusalOfFile("search { seed = ");
        assertTrue(broken.contains("my.conf"), broken);
        assertTrue(refusalOfFile("search.run = ${nowhere}").contains("refer to one that does not exist"));
    }

    /** The working directory is that of {@code --config my.conf}. */
    @Test
    void aFileThatIsNamedWithoutAFolderIncludesItsNeighbours() throws IOException {
        Path neighbour = Files.createTempFile(Path.of(""), "neighbour", ".conf");
        Path own = Files.createTempFile(Path.of(""), "own", ".conf");
        try {
            Files.writeString(neighbour, "search.seed = 7");
            Files.writeString(own, "include \"" + neighbour + "\"");
            assertEquals(7, Settings.load(Optional.of(own), List.of()).search().seed());
            Files.writeString(own, "include \"no-such.conf\"");
            assertThrows(SettingsException.class, () -> Settings.load(Optional.of(own), List.of()));
        } finally {
            Files.delete(neighbour);
            Files.delete(own);
        }
    }

    @Test
    void filesMayIncludeFilesAndNothingElse() throws IOException {
        Files.writeString(temporary.resolve("other.conf"), "search.seed = 7");
        Files.writeString(temporary.resolve("far.conf"), "include url(\"http://127.0.0.1:1/a.conf\")");
        assertEquals(7, withFile("include \"other.conf\"").search().seed());
        assertEquals(
                7,
                withFile("include file(\"" + temporary.resolve("other.conf") + "\")")
                        .search()
                        .seed());
        for (String include : List.of(
                "url(\"http://127.0.0.1:1/a.conf\")",
                "\"http://127.0.0.1:1/a.conf\"",
                "url(\"file:///etc/hostname\")",
                "\"far.conf\"",
                "classpath(\"reference.conf\")")) {
            String message = refusalOfFile("include " + include);
            assertTrue(message.contains("may include files on this machine alone"), message);
        }
        assertTrue(refusalOfFile("include \"no-such.conf\"").contains("no-such.conf"));
        String override = refusal("search.networks=[a]\ninclude file(\"/etc/hostname\")");
        assertTrue(override.contains("nothing may be included"), override);
    }
}
