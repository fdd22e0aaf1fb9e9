package org.evonorm.search.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.rejection.SignalResult;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.search.KnownAccuracies;
import org.evonorm.search.OnKnownAccuracies;
import org.evonorm.training.TrainingResult;

/**
 * An evaluator of known accuracies whose trials take some time. Every training is logged when it ends, in a file of its
 * own, whatever process it runs in.
 */
public record LoggedTrials(KnownAccuracies known, String log, int millis) implements OnKnownAccuracies {

    @Override
    public SignalResult checkSignal(Layer layer, long seed) {
        return known.checkSignal(layer, seed);
    }

    @Override
    public StabilityResult checkStability(Layer layer, long seed) {
        pause();
        return known.checkStability(layer, seed);
    }

    @Override
    public CandidateStatus checkQuality(Layer layer, long seed) {
        pause();
        return known.checkQuality(layer, seed);
    }

    @Override
    public TrainingResult train(Layer layer, String network, long seed) {
        pause();
        try {
            Files.createFile(Path.of(log, Long.toHexString(seed) + "-" + UUID.randomUUID()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return known.train(layer, network, seed);
    }

    private void pause() {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /** The share of the trainings in a log that were no repetitions. All take the same time. */
    public static double shareKept(Path log) throws IOException {
        List<String> seeds = new ArrayList<>();
        try (var files = Files.newDirectoryStream(log)) {
            files.forEach(file -> seeds.add(file.getFileName().toString().split("-")[0]));
        }
        return new HashSet<>(seeds).size() / (double) seeds.size();
    }
}
