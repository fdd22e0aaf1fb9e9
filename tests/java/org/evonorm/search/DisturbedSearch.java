package org.evonorm.search;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.evonorm.store.LocalSpark;

/**
 * A search of known accuracies in a JVM of its own, which tells how far it is on standard output, so that whoever started
 * it can end it at a moment of his choice: {@code DisturbedSearch FOLDER GENERATIONS LOG MILLISECONDS-A-TRIAL}.
 */
final class DisturbedSearch {

    private DisturbedSearch() {}

    /**
     * A moment of a generation: a share of a stage is done, and some time has passed since. After the last stage the
     * generation is committed.
     */
    record Moment(int generation, Stage stage, double share, int millisLater) {

        private boolean isReached(String progress) {
            String[] words = progress.split(" ");
            if (words.length != 5 || !words[0].equals("progress")) {
                return false;
            }
            int inGeneration = Integer.parseInt(words[1]);
            int inStage = Integer.parseInt(words[2]);
            if (inGeneration != generation || inStage != stage.ordinal()) {
                return inGeneration > generation || inGeneration == generation && inStage > stage.ordinal();
            }
            return Integer.parseInt(words[3]) >= share * Integer.parseInt(words[4]);
        }
    }

    /** A JVM with this one's class path and flags, which runs a main class; its standard error is this process's. */
    static ProcessBuilder jvm(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(flag -> flag.startsWith("--add-"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx1g", main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder;
    }

    /** Starts or continues a search and kills it, as {@code kill -9} does; whether it lived to that moment. */
    static boolean killAt(Moment moment, List<String> arguments) throws IOException, InterruptedException {
        Process search = jvm(DisturbedSearch.class, arguments).start();
        try (BufferedReader progress = search.inputReader()) {
            for (String line = progress.readLine(); line != null; line = progress.readLine()) {
                if (moment.isReached(line)) {
                    Thread.sleep(moment.millisLater);
                    return search.isAlive();
                }
            }
            return false;
        } finally {
            search.destroyForcibly().waitFor();
        }
    }

    public static void main(String[] arguments) {
        LoggedTrials evaluator = new LoggedTrials(new KnownAccuracies(), arguments[2], Integer.parseInt(arguments[3]));
        KnownSearch.run(LocalSpark.session(2), arguments[0], Integer.parseInt(arguments[1]), evaluator,
                new SearchObserver() {
                    @Override
                    public void stageAdvanced(int generation, Stage stage, int done, int total) {
                        System.out.println(String.join(" ", "progress", "" + generation, "" + stage.ordinal(),
                                "" + done, "" + total));
                    }
                });
    }
}
