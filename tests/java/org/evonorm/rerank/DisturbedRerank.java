package org.evonorm.rerank;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.faults.DisturbedSearch;
import org.evonorm.settings.RunConf;
import org.evonorm.settings.Settings;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.evonorm.store.ScoredOn;

/**
 * A rerank with drawn accuracies in a JVM of its own, which reports on standard output that a moment has come:
 * {@code DisturbedRerank RUN MILLISECONDS-PER-TRAINING IMAGES TRAININGS}.
 */
final class DisturbedRerank {

    private static final String REACHED = "reached";

    private DisturbedRerank() {}

    /** A moment: so many trainings scored on these images are done, and some time has passed since then. */
    record Moment(ScoredOn images, int trainings, int millisLater) {}

    /** The settings of all reranks here: 5 layers and 2 baselines, in rounds of a seed each. */
    static Settings settings(Path run) {
        return RunConf.settings(
                RunFolder.at(run.toString(), new Configuration()),
                Optional.empty(),
                List.of(
                        "search.run=" + run,
                        "rerank.candidates=5",
                        "rerank.baselines=[BN-ReLU, EvoNorm-S0]",
                        "rerank.seeds=3",
                        "rerank.keep=2"));
    }

    /** A JVM that reranks to the end. */
    static ProcessBuilder toTheEnd(Path run) {
        return DisturbedSearch.jvm(DisturbedRerank.class, List.of(run.toString(), "20", "TEST", "1000000"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }

    /** Starts a rerank and stops its process at a moment; it can be woken up later. */
    static Process sleepingAt(Moment moment, Path run, Path errors) throws IOException, InterruptedException {
        Process rerank = DisturbedSearch.jvm(
                        DisturbedRerank.class,
                        List.of(run.toString(), "20", moment.images.name(), "" + moment.trainings))
                .redirectError(errors.toFile())
                .start();
        BufferedReader said = rerank.inputReader();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.equals(REACHED)) {
                Thread.sleep(moment.millisLater);
                DisturbedSearch.signal(rerank, "-STOP");
                return rerank;
            }
        }
        throw new AssertionError(moment + " was not reached: " + Files.readString(errors));
    }

    public static void main(String[] arguments) {
        RerankTrainer trainer = new DrawnAccuracies("none", Integer.parseInt(arguments[1]));
        ScoredOn images = ScoredOn.valueOf(arguments[2]);
        int trainings = Integer.parseInt(arguments[3]);
        Rerank.run(LocalSpark.session(2), settings(Path.of(arguments[0])), trainer, false, new RerankObserver() {
            @Override
            public void scoringAdvanced(ScoredOn now, int done, int missing) {
                if (now == images && done >= trainings) {
                    System.out.println(REACHED);
                }
            }
        });
    }
}
