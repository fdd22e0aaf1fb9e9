package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands in languages with digits, letters and calendars of their own, in a JVM that starts in one of them: what is
 * read when classes are loaded is of the first language.
 */
class LocalesTest {

    private static final String FIRST = "ar-EG-u-nu-arab";
    private static final String ENGLISH = "en-US";

    @TempDir
    private Path folder;

    /** Runs the commands in all languages. */
    @SuppressWarnings("DefaultLocale")
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        List<String> languages = List.of(arguments).subList(2, arguments.length);
        for (String language : languages) {
            if (!language.equals(FIRST)) {
                Locale.setDefault(Locale.forLanguageTag(language));
            }
            Path here = Files.createDirectories(root.resolve(language));
            StringBuilder said = new StringBuilder(String.format("digits %d%n", 1234567890));
            for (List<String> command : commands(here, arguments[1])) {
                CommandLineRun run = CommandLineRun.of(command.toArray(String[]::new));
                said.append(String.join(" ", command)).append('\n').append(run.out());
                if (run.status() != 0) {
                    throw new AssertionError(language + ": " + command + "\n" + run.err());
                }
            }
            Files.writeString(here.resolve("said.txt"), said);
        }
        System.exit(0);
    }

    private static List<List<String>> commands(Path here, String config) {
        return List.of(
                List.of("images", "--data", "synthetic", "--training", "300", "--output", here + "/images"),
                List.of(
                        "search",
                        "--config",
                        config,
                        "--run",
                        here + "/run",
                        "--master",
                        "local[1]",
                        "--set",
                        "data.path=" + here + "/images"),
                List.of("report", here + "/run", "--output", here + "/report.html"),
                List.of("export", "--layer", "EvoNorm-S0", "--format", "jax", "--output", here + "/layer.py"),
                List.of("export", "--layer", "EvoNorm-B0", "--format", "pytorch", "--output", here + "/layer_t.py"),
                List.of("inspect", "--layer", "EvoNorm-B0", "--stages"),
                List.of("check", "--layer", "EvoNorm-S0"));
    }

    /** Arabic, Persian and Bengali digits; a dotless i; a Buddhist calendar; a decimal comma. */
    @Test
    @Tag("long")
    @Tag("trials")
    void nothingThatIsGeneratedOrParsedDependsOnTheLanguage() throws Exception {
        nothingDependsOn(
                List.of(FIRST, "fa-IR", "bn-BD-u-nu-beng", "tr-TR", "th-TH-u-ca-buddhist-nu-thai", "de-DE", ENGLISH));
    }

    private void nothingDependsOn(List<String> languages) throws Exception {
        Path config = Files.writeString(folder.resolve("tiny.conf"), """
                search { proposals = 40, generations = 1, networks = [mobilenetv2], baselines = [BN-ReLU] }
                networks.mobilenetv2 { width = 0.1, depth = 0.1 }
                data { source = parquet, training-images = 200, validation-images = 50 }
                training { steps = 4, batch-size = 8, crop-size = 16, warmup-steps = 0, score-every = 2 }
                rejection.quality { steps = 2, ten-class-threshold = 0.05 }
                rejection.stability { steps = 2, batch-size = 4 }
                """);
        Path errors = folder.resolve("errors");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@submit/jvm.flags",
                "-Duser.language=ar",
                "-Duser.country=EG",
                "-Duser.extensions=u-nu-arab",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LocalesTest.class.getName(),
                folder.toString(),
                config.toString()));
        command.addAll(languages);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(errors.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("OMP_NUM_THREADS", "1");
        assertEquals(0, builder.start().waitFor(), () -> tail(errors));

        Map<String, String> expected = texts(ENGLISH);
        assertTrue(
                expected.containsKey("images/training/part-00000.parquet"),
                () -> expected.keySet().toString());
        for (String language : languages) {
            Map<String, String> found = texts(language);
            assertEquals(expected.keySet(), found.keySet(), language);
            found.forEach((name, text) -> {
                assertEquals("", foreignDigits(text), name + " in " + language);
                if (!name.matches("report.*(html|svg)")) {
                    assertEquals(expected.get(name), text, name + " in " + language);
                }
            });
        }
        // The languages were really there.
        assertTrue(Files.readString(folder.resolve(FIRST).resolve("said.txt")).startsWith("digits ١٢٣٤٥٦٧٨٩٠"));
    }

    /** All digits of a text that are not 0 to 9. */
    private static String foreignDigits(String text) {
        return text.codePoints()
                .filter(letter -> Character.isDigit(letter) && letter > '9')
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /**
     * The files below a language's folder by name, without what differs from run to run; tables by their name alone.
     */
    private Map<String, String> texts(String language) throws IOException {
        Path root = folder.resolve(language);
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                boolean isText = name.matches(".*\\.(txt|html|svg|py|conf)") || name.matches(".*check\\.json");
                if (isText) {
                    texts.put(
                            name,
                            Files.readString(file)
                                    .replaceFirst("^digits .*\\R", "")
                                    .replace(folder + "/" + language, "HERE")
                                    .replaceFirst(
                                            "^(# CRC-32C of the lines below.*: )[0-9a-f]+\\R",
                                            "$1(of another folder)\n")
                                    .replaceAll("\\([0-9.]+ s(, executors idle for [0-9.]+%)?\\)", "(time)"));
                } else if (!name.startsWith("run/")) {
                    texts.put(name, "");
                } else {
                    assertEquals("", foreignDigits(name));
                }
            }
        }
        return texts;
    }

    private static String tail(Path errors) {
        try {
            String all = Files.readString(errors, StandardCharsets.UTF_8);
            return all.substring(Math.max(0, all.length() - 4000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
