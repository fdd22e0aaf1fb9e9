package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainAndBenchTest {

    private static final List<String> TINY = List.of("--network", "mobilenetv2", "--width", "0.1", "--depth", "0.1");

    private static CommandLineRun run(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(TINY);
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private static CommandLineRun train(String... more) {
        Stream<String> tiny = Stream.of(
                "--data",
                "synthetic",
                "--training",
                "200",
                "--validation",
                "100",
                "--steps",
                "6",
                "--batch",
                "16",
                "--crop",
                "16",
                "--score-every",
                "4",
                "--threads",
                "1");
        return run("train", Stream.concat(tiny, Stream.of(more)).toArray(String[]::new));
    }

    private static List<JsonNode> jsonLines(CommandLineRun run) throws Exception {
        assertEquals(0, run.status(), run.err());
        List<JsonNode> objects = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            objects.add(new JsonMapper().readTree(line));
        }
        return objects;
    }

    @Test
    void trainsEveryLayerWithEverySeed() throws Exception {
        List<JsonNode> objects =
                jsonLines(train("--layer", "bn-relu", "--layer", "max(x, 0)", "--seed", "1,2", "--json"));
        assertEquals(4, objects.size());
        assertEquals(
                List.of("BN-ReLU", "max(x, 0)", "BN-ReLU", "max(x, 0)"),
                objects.stream().map(object -> object.get("layer").textValue()).toList());
        JsonNode first = objects.get(0);
        assertEquals("mobilenetv2", first.get("network").textValue());
        assertEquals(6, first.get("steps").intValue());
        assertEquals(4, first.get("curve").get(0).get("step").intValue());
        assertEquals(first.get("accuracy"), first.get("curve").get(1).get("accuracy"));
        assertTrue(first.get("loss").doubleValue() > 0);
        assertTrue(!first.get("loss").equals(objects.get(2).get("loss")));
        JsonNode again = jsonLines(train("--layer", "BN-ReLU", "--json")).get(0);
        assertEquals(first.get("loss"), again.get("loss"));
        assertEquals(first.get("curve"), again.get("curve"));
    }

    @Test
    void bothEnginesTrainAlike() throws Exception {
        JsonNode cpu = jsonLines(train("--layer", "EvoNorm-S0", "--json")).get(0);
        JsonNode dl4j = jsonLines(train("--layer", "EvoNorm-S0", "--json", "--engine", "dl4j"))
                .get(0);
        assertEquals(
                cpu.at("/curve/0/training_loss").doubleValue(),
                dl4j.at("/curve/0/training_loss").doubleValue(),
                1e-3);
        assertEquals(cpu.get("loss").doubleValue(), dl4j.get("loss").doubleValue(), 1e-2);
    }

    @Test
    void scoresOnTheTestImagesWhereAsked() throws Exception {
        JsonNode onValidation = jsonLines(train("--layer", "BN-ReLU", "--json")).get(0);
        JsonNode onTest = jsonLines(train("--layer", "BN-ReLU", "--json", "--score-on", "test"))
                .get(0);
        // The same training on the same images, scored on other images.
        assertEquals(onValidation.at("/curve/0/training_loss"), onTest.at("/curve/0/training_loss"));
        assertTrue(!onValidation.get("loss").equals(onTest.get("loss")));
    }

    @Test
    void readsCifarFilesAndSplitsThem(@TempDir Path folder) throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        for (String file : List.of("data_batch_1.bin", "test_batch.bin")) {
            byte[] records = new byte[(file.startsWith("test") ? 12 : 60) * 3073];
            random.nextBytes(records);
            for (int i = 0; i < records.length / 3073; i++) {
                records[i * 3073] = (byte) (i % 10);
            }
            Files.write(folder.resolve(file), records);
        }
        String[] data = {
            "--layer",
            "BN-ReLU",
            "--json",
            "--data",
            folder.toString(),
            "--training",
            "40",
            "--batch",
            "8",
            "--crop",
            "16",
            "--steps",
            "2",
            "--validation",
            "10",
            "--threads",
            "1",
            "--score-on",
            "test"
        };
        JsonNode onTest = jsonLines(run("train", data)).get(0);
        data[data.length - 1] = "validation";
        JsonNode onValidation = jsonLines(run("train", data)).get(0);
        assertTrue(!onTest.get("loss").equals(onValidation.get("loss")));
        for (Map.Entry<JsonNode, Integer> scored :
                Map.of(onTest, 12, onValidation, 10).entrySet()) {
            double correct = scored.getKey().get("accuracy").doubleValue() * scored.getValue();
            assertEquals(Math.rint(correct), correct, 1e-9);
        }
    }

    /** Every kind of files is told by itself, and images written as Parquet train as their source does. */
    @Test
    void readsAFolderPerClassAndItsParquet(@TempDir Path folder) throws Exception {
        SplittableRandom random = new SplittableRandom(2);
        for (String name : List.of("train/cat", "train/dog", "val/cat", "val/dog")) {
            Files.createDirectories(folder.resolve("pets").resolve(name));
            for (int i = 0; i < 20; i++) {
                BufferedImage image = new BufferedImage(30, 20 + i, BufferedImage.TYPE_INT_RGB);
                image.setRGB(random.nextInt(20), random.nextInt(20), random.nextInt());
                ImageIO.write(
                        image,
                        "png",
                        folder.resolve("pets/" + name + "/" + i + ".png").toFile());
            }
        }
        String pets = folder.resolve("pets").toString();
        String[] training = {"--layer", "BN-ReLU", "--batch", "8", "--crop", "16", "--steps", "2", "--validation", "10"
        };
        CommandLineRun mixed = run("train", with(training, "--data", pets));
        assertEquals(1, mixed.status());
        assertTrue(mixed.err().contains("; set data.image-size (--image-size)"), mixed.err());
        CommandLineRun ofFiles = run("train", with(training, "--data", pets, "--image-size", "16"));
        assertTrue(
                ofFiles.out().startsWith("30 images to train on, 10 to validate on (2 classes, pets: cat, dog)"),
                ofFiles.out() + ofFiles.err());
        String written = folder.resolve("written").toString();
        CommandLineRun images = CommandLineRun.of("images", "--data", pets, "--image-size", "16", "--output", written);
        assertEquals(
                "Wrote 40 training and 40 test images of pets to " + written,
                images.out().strip());
        CommandLineRun ofParquet = run("train", with(training, "--data", written));
        assertEquals(accuracy(ofFiles), accuracy(ofParquet));
        CommandLineRun synthetic = run("train", with(training, "--data", "synthetic", "--image-size", "16"));
        assertTrue(synthetic.err().contains("--image-size is for images in files"), synthetic.err());
    }

    private static String accuracy(CommandLineRun run) {
        assertEquals(0, run.status(), run.err());
        return run.out().replaceAll("(?s).*accuracy ([0-9.]+%, loss [0-9.]+) .*", "$1");
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void printsTheLearningCurve() {
        CommandLineRun run = train("--layer", "EvoNorm-S0", "--decay", "cosine");
        assertEquals(0, run.status(), run.err());
        List<String> lines = run.out().lines().toList();
        assertTrue(
                lines.get(0).matches("\\d+ images to train on, \\d+ to validate on \\(10 classes, synthetic\\)"),
                run.out());
        assertTrue(lines.get(1).startsWith("EvoNorm-S0 in mobilenetv2, seed 1: accuracy "), run.out());
        assertEquals(
                List.of("4", "6"),
                run.out()
                        .lines()
                        .skip(3)
                        .filter(line -> !line.isBlank())
                        .map(line -> line.strip().split(" ")[0])
                        .toList());
    }

    @Test
    void aDivergedTrainingIsAResult() throws Exception {
        JsonNode object =
                jsonLines(train("--layer", "exp(exp(x * x) + x * x)", "--json")).get(0);
        assertTrue(object.get("diverged").booleanValue());
        assertTrue(object.get("loss").isNull());
        assertEquals(0, object.get("accuracy").doubleValue());
    }

    @Test
    void benchMeasuresEveryLayerInTurn() throws Exception {
        List<JsonNode> objects = jsonLines(run(
                "bench",
                "--batch",
                "8",
                "--size",
                "16",
                "--repetitions",
                "3",
                "--warmup",
                "1",
                "--side-by-side",
                "2",
                "--json"));
        assertEquals(
                List.of("identity", "BN-ReLU", "EvoNorm-B0", "EvoNorm-S0"),
                objects.stream().map(object -> object.get("layer").textValue()).toList());
        for (JsonNode object : objects) {
            assertEquals(8, object.get("batch").intValue());
            assertEquals(1, object.get("threads").intValue());
            assertEquals(2, object.get("side_by_side").intValue());
            assertTrue(object.get("ms_per_step").doubleValue() > 0);
        }
    }

    @Test
    void benchComparesWithTheIdentity() {
        CommandLineRun run = run(
                "bench",
                "--batch",
                "8",
                "--size",
                "16",
                "--repetitions",
                "2",
                "--warmup",
                "0",
                "--layers",
                "tanh(x)",
                "identity");
        assertEquals(0, run.status(), run.err());
        List<String> lines = run.out().lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(1).startsWith("mobilenetv2  tanh(x)"), run.out());
        assertTrue(lines.get(2).endsWith("1.00"), run.out());
    }

    @Test
    void benchOfRandomGraphsGivesOneObjectANetwork() throws Exception {
        JsonNode object = jsonLines(run(
                        "bench",
                        "--batch",
                        "4",
                        "--size",
                        "8",
                        "--repetitions",
                        "1",
                        "--warmup",
                        "0",
                        "--random-graphs",
                        "3",
                        "--json"))
                .get(0);
        assertEquals("mobilenetv2", object.get("network").textValue());
        assertEquals(3, object.get("of_identity").size());
        double[] ratios = StreamSupport.stream(object.get("of_identity").spliterator(), false)
                .mapToDouble(JsonNode::doubleValue)
                .sorted()
                .toArray();
        assertEquals(ratios[1], object.get("median_of_identity").doubleValue());
    }

    /** The yield of 40 proposals that all vary layers, on few synthetic images. */
    private CommandLineRun yieldOf(String layers, String... settings) {
        List<String> arguments = new ArrayList<>(
                List.of("bench", "--yield", "40", "--json", "--set", "search.random-share=0", "--layer", layers));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        for (String images : List.of("training", "validation", "test")) {
            arguments.addAll(List.of("--set", "data." + images + "-images=100"));
        }
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void benchOfTheYieldCountsProposalsByOrigin() throws Exception {
        List<JsonNode> both = jsonLines(yieldOf("EvoNorm-S0,EvoNorm-B0,GN-ReLU", "search.crossover-share=0.5"));
        assertEquals(
                List.of("crossover", "mutation"),
                both.stream().map(object -> object.get("origin").textValue()).toList());
        int proposed = 0;
        for (JsonNode object : both) {
            int previous = object.get("proposed").intValue();
            proposed += previous;
            assertTrue(previous > 0);
            for (String stage : List.of("static_filter", "no_duplicate", "signal_filter")) {
                assertTrue(object.get(stage).intValue() <= previous, object.toString());
                previous = object.get(stage).intValue();
            }
            assertTrue(object.get("no_duplicate").intValue() > 0, object.toString());
        }
        assertEquals(40, proposed);
    }

    @Test
    void theYieldNeedsParentsAndSettingsNeedTheYield(@TempDir Path folder) {
        CommandLineRun orphans = run("bench", "--yield", "5", "--set", "search.run=" + folder.resolve("none"));
        assertEquals(1, orphans.status());
        assertTrue(orphans.err().contains("there are no parents"), orphans.err());
        CommandLineRun settings = run("bench", "--set", "search.nodes=3");
        assertEquals(1, settings.status());
        assertTrue(settings.err().contains("--yield"), settings.err());
    }
}
