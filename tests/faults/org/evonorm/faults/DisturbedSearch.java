package org.evonorm.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.evonorm.search.KnownAccuracies;
import org.evonorm.search.KnownSearch;
import org.evonorm.search.progress.GenerationSummary;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.progress.Stage;
import org.evonorm.search.trial.LoggedTrials;
import org.evonorm.store.LocalSpark;

/**
 * A search on known accuracies in a JVM of its own, which reports on standard output that a moment has come, so that
 * the test that started it can kill it then:
 * {@code DisturbedSearch FOLDER GENERATIONS LOG MILLISECONDS-PER-TRIAL [GENERATION STAGE SHARE]}. Soon after this
 * moment it stops and waits to be killed, however long that takes.
 */
public final class DisturbedSearch {

    private static final String REACHED = "reached";

    /** Flags of JVMs that live for seconds: the second compiler gains nothing, and Spark's compiled queries take longer. */
    static final List<String> SHORT_LIVED = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dspark.sql.codegen.wholeStage=false",
            "-Dspark.sql.codegen.factoryMode=NO_CODEGEN",
            "-Dspark.sql.adaptive.enabled=false",
            "-Dspark.sql.shuffle.partitions=1");

    /** The stages of the search, which has no hurdles; HurdleSearchTest disturbs one that has. */
    static final List<Stage> STAGES = List.of(Stage.PROPOSE, Stage.FILTER, Stage.TRAIN);

    private DisturbedSearch() {}

    /**
     * A moment of a generation: a share of a stage is done, and some time has passed since then. After the last stage
     * the generation is committed.
     */
    record Moment(int generation, Stage stage, double share, int millisLater) {

        private List<String> asArguments() {
            return List.of("" + generation, stage.name(), "" + share);
        }
    }

    /** Reports the moment, and lets the search do no more than the work that follows it at once. */
    private record Waiting(int generation, Stage stage, double share) implements SearchObserver {

        @Override
        public void stageAdvanced(int inGeneration, Stage inStage, int done, int total) {
            if (inGeneration == generation && inStage == stage) {
                if (done >= share * total) {
                    System.out.println(REACHED);
                }
                if (done == total && share < 1) {
                    waitForTheEnd();
                }
            } else if (inGeneration > generation || (inGeneration == generation && inStage.compareTo(stage) > 0)) {
                waitForTheEnd();
            }
        }

        @Override
        public void generationCommitted(GenerationSummary summary) {
            if (summary.generation() == generation) {
                waitForTheEnd();
            }
        }

        private static void waitForTheEnd() {
            System.out.println(REACHED);
            while (true) {
                LockSupport.park();
            }
        }
    }

    /** Reports the moment, and lets the search go on. */
    private record Reporting(int generation, Stage stage, double share) implements SearchObserver {

        @Override
        public void stageAdvanced(int inGeneration, Stage inStage, int done, int total) {
            if (inGeneration == generation && inStage == stage && done >= share * total) {
                System.out.println(REACHED);
            }
        }
    }

    /** A JVM for a main class, with the class path, flags and standard error of this process. */
    public static ProcessBuilder jvm(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--add-"))
                .forEach(command::add);
        command.addAll(SHORT_LIVED);
        command.addAll(List.of("-Xmx1g", main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder;
    }

    /**
     * Starts or continues a search and kills it at a moment, as {@code kill -9} does; returns whether it lived until
     * then.
     */
    static boolean killAt(Moment moment, List<String> arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(moment.asArguments());
        Process search = jvm(DisturbedSearch.class, all).start();
        try (BufferedReader said = search.inputReader()) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.equals(REACHED)) {
                    Thread.sleep(moment.millisLater);
                    return search.isAlive();
                }
            }
            return false;
        } finally {
            search.destroyForcibly().waitFor();
        }
    }

    /**
     * Starts or continues a search and stops its process at a moment, as a laptop's lid does; it can be woken up later.
     */
    static Process sleepingAt(Moment moment, List<String> arguments, Path errors)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(moment.asArguments());
        all.add("go on");
        Process search =
                jvm(DisturbedSearch.class, all).redirectError(errors.toFile()).start();
        BufferedReader said = search.inputReader();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.equals(REACHED)) {
                Thread.sleep(moment.millisLater);
                signal(search, "-STOP");
                return search;
            }
        }
        throw new AssertionError(moment + " was not reached: " + Files.readString(errors));
    }

    /** Sends a signal to a process. */
    public static void signal(Process process, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    }

    public static void main(String[] arguments) {
        LoggedTrials evaluator = new LoggedTrials(new KnownAccuracies(), arguments[2], Integer.parseInt(arguments[3]));
        SearchObserver observer = observer(arguments);
        KnownSearch.run(LocalSpark.session(2), arguments[0], Integer.parseInt(arguments[1]), evaluator, observer);
    }

    private static SearchObserver observer(String[] arguments) {
        if (arguments.length == 4) {
            return SearchObserver.SILENT;
        }
        int generation = Integer.parseInt(arguments[4]);
        Stage stage = Stage.valueOf(arguments[5]);
        double share = Double.parseDouble(arguments[6]);
        return arguments.length == 7 ? new Waiting(generation, stage, share) : new Reporting(generation, stage, share);
    }
}
