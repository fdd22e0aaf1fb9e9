package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @ParameterizedTest
    @ValueSource(strings = {"search", "report", "train", "inspect", "check", "bench", "export"})
    void everyCommandHasHelp(String command) {
        CommandLineRun help = CommandLineRun.of(command, "--help");
        assertEquals(0, help.status());
        assertTrue(help.out().contains("Usage: evonorm " + command), help.out());
        assertTrue(CommandLineRun.of("--help").out().contains("  " + command), command);
        assertEquals("", help.err());
    }

    /** Patterns that divide values are for the parser, not for the reader of a synopsis. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "search",
                "rerank",
                "calibrate",
                "report",
                "train",
                "inspect",
                "check",
                "bench",
                "export",
                "images"
            })
    void noSynopsisShowsAPattern(String command) {
        String help = CommandLineRun.of(command, "--help").out();
        String synopsis = help.substring(help.indexOf("Usage:"), help.indexOf("\n\n", help.indexOf("Usage:")));
        assertFalse(synopsis.contains("\\") || synopsis.contains("[["), synopsis);
    }

    @Test
    void tellsVersions() {
        CommandLineRun version = CommandLineRun.of("--version");
        assertEquals(0, version.status());
        assertTrue(version.out().contains("evonorm "), version.out());
        assertTrue(version.out().contains("spark 3."), version.out());
    }

    @Test
    void withoutCommandItAsksForOne() {
        CommandLineRun run = CommandLineRun.of();
        assertEquals(2, run.status());
        assertTrue(
                run.err()
                        .contains(
                                "name a command: search, rerank, calibrate, report, train, inspect, network, check, bench, export"),
                run.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "trian; did you mean train?",
                "serach --config x; did you mean search?",
                "train --layers identity,BN-RLU --data synthetic; did you mean BN-ReLU?",
                "train --layer x --data synthetic --sedd 1; did you mean --seed?",
                "train; --layer",
                "train --layer BN-ReLU; --data",
                "train --layer BN-ReLU --data synthetic --steps many; --steps': 'many' is not a whole number",
                "train --layer BN-ReLU --data synthetic --rate fast; --rate': 'fast' is not a number",
                "train --layer BN-ReLU --data synthetic --seed 1,two; 'two' is not a whole number",
                "train --layr BN-ReLU --data synthetic; Unknown options: '--layr', 'BN-ReLU'",
                "train --layr BN-ReLU --data synthetic; --layer",
                "search --generations 3; --generations",
                "inspect --layer evonormb0; did you mean EvoNorm-B0?",
                "export --layer x --format torch-py; there is no format 'torch-py'",
                "export --layer x --format pytorhc; did you mean pytorch?",
                "train --layer BN-ReLU --data synthetic --decay never; --decay",
                "inspect --layer BN-RLU; did you mean BN-ReLU?",
                "inspect --layer x*maxx(x); column 3",
                "inspect --layer /nowhere.json; /nowhere.json",
                "inspect --layer {\"nodes\":[]}; affine",
                "bench --layers; --layer",
                "inspect --layer bogus --networks resnet50; option '--layer': 'bogus' is neither",
                "inspect --layers=bogus; option '--layers': 'bogus' is neither",
                "train --layer x --data synthetic --seed 1,two; option '--seed': 'two' is not",
                "check --layer x,a85fe157503286fe; evonorm export --run FOLDER --candidate a85fe157503286fe",
            })
    void wrongArgumentsAreNamedWithStatusTwo(String arguments, String culprit) {
        CommandLineRun run = CommandLineRun.of(arguments.split(" "));
        assertEquals(2, run.status());
        assertTrue(run.err().startsWith("evonorm: "), run.err());
        assertTrue(run.err().contains(culprit), run.err());
        assertTrue(run.err().contains("--help"), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
        assertEquals("", run.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "train --layer BN-ReLU --data /nowhere; /nowhere",
                "train --layer BN-ReLU --data synthetic --steps 0; step",
                "train --layer BN-ReLU --data synthetic --validation 0; --validation",
                "train --layer BN-ReLU --data synthetic --network vgg; vgg",
                "train --layer BN-ReLU --data synthetic --width 0; width",
                "train --layer BN-ReLU --data synthetic --threads 0; --threads",
                "train --layer BN-ReLU --data synthetic --width NaN; width",
                "train --layer BN-ReLU --data synthetic --network ,; --network names nothing",
                "train --layer BN-ReLU --data synthetic --network resnet; did you mean resnet50?",
                "train --layer BN-ReLU --data synthetic --seed ,; --seed names nothing",
                "train --layer BN-ReLU --data sinthetic; did you mean synthetic?",
                "images --data sinthetic --output o; did you mean synthetic?",
                "search --master local[1] --set engine.threads=2; engine.threads = 2 is more than"
                        + " the 1 core of local[1]",
                "search --master local[0]; --master local[0] has no core",
                "search --master locl[2]; --master must be local[N]",
                "bench --repetitions 0; --repetitions",
                "bench --threads 500; --threads must be a whole number from 1 to",
                "train --layer x --data synthetic --threads 500; --threads must be a whole number from 1 to",
                "bench --side-by-side 500; --side-by-side must be",
                "search --master local[500]; has more threads than the",
                "bench --size 4000 --batch 32; a step of resnet50 with batches of 32 images of 4000×4000 pixels takes more than",
                "inspect --layer x --size 2147483647; --size must be a whole number from 1 to 4096",
                "images --data synthetic --training 900000 --output o; --training must be a whole number from 1 to 500000",
                "export --layer x --format json --output /nowhere/x.json; there is no folder /nowhere",
                "report r --output /nowhere/x.html; there is no folder /nowhere",
                "search --run /proc/none --seed-layers ,; --seed-layers names nothing",
                "search --set training.batch-size=9999999; takes more than",
                "bench --size 100000; --batch 128 with --size 100000 is more than",
                "check --layer x --tolerance NaN; --tolerance",
                "check --layer x --tolerance -1; --tolerance",
                "bench --network resnet50,vgg; vgg",
                "search --config /nowhere.conf; /nowhere.conf",
                "search --set search.generation=3; search.generations",
                "search --set search.generations=few; search.generations",
                "report /nowhere; there is no run in /nowhere",
                "report /nowhere --output .; . is a folder",
                "search --run s3a://bucket/x --master local[1]; the run folder s3a://bucket/x cannot be reached",
            })
    void failuresAreOneSentenceWithStatusOne(String arguments, String culprit) {
        CommandLineRun run = CommandLineRun.of(arguments.split(" "));
        assertEquals(1, run.status());
        assertTrue(run.err().startsWith("evonorm: ") && run.err().contains(culprit), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertEquals("", run.out());
    }

    @Test
    void debugShowsWhereAnErrorComesFrom() {
        assertTrue(CommandLineRun.of("bench", "--batch", "0", "--debug").err().contains("\tat org.evonorm.cli."));
        assertTrue(CommandLineRun.of("--debug", "bench", "--batch", "0").err().contains("\tat org.evonorm.cli."));
    }

    @Test
    void quietAndVerboseExcludeEachOther() {
        CommandLineRun run = CommandLineRun.of("inspect", "--layer", "x", "--quiet", "--verbose");
        assertEquals(2, run.status());
        assertTrue(run.err().startsWith("evonorm: --quiet and --verbose exclude each other"), run.err());
    }

    @Test
    void aSparkThatStoppedIsSaidToHave() {
        String sentence =
                Failure.sentence(new IllegalStateException("Cannot call methods on a stopped SparkContext.\nat"));
        assertTrue(sentence.startsWith("Spark has stopped, because no master answers"), sentence);
    }

    /** Hadoop's classes that are loaded while the process ends fail like classes of a library that is missing. */
    @Test
    void classesThatFailSinceTheProcessEndsAreNoMissingLibrary() {
        Throwable ends = new ExceptionInInitializerError(
                new IllegalStateException("Shutdown in progress, cannot add a shutdownHook"));
        assertTrue(Failure.isConsequenceOfEnd(ends));
        assertTrue(Failure.isConsequenceOfEnd(new IllegalStateException(new InterruptedException())));
        assertFalse(Failure.isConsequenceOfEnd(new ExceptionInInitializerError(new IllegalStateException("no"))));
        assertFalse(Failure.isConsequenceOfEnd(new NoClassDefFoundError("jdk/incubator/vector/Vector")));
    }

    @Test
    void aMisspeltLayerIsNoFormula() {
        assertEquals(
                2,
                CommandLineRun.of("inspect", "--layer", "EvoNrm-B0")
                        .err()
                        .lines()
                        .count());
    }

    @Test
    void aFormulaErrorPointsAtItsColumn() {
        String[] lines =
                CommandLineRun.of("inspect", "--layer", "x * tanh(y)").err().split("\\R");
        assertEquals("  x * tanh(y)", lines[1]);
        assertEquals("           ^", lines[2]);
    }
}
