package org.evonorm.search.trial;

import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.rejection.SignalResult;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.store.HurdleStates;
import org.evonorm.training.StretchResult;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingStretch;

/**
 * A trial: one filter or one training of a candidate, which an evaluator does in one go. It is the unit that the
 * journal keeps and that is attempted twice.
 *
 * @param kind      kind of work
 * @param candidate candidate that is tried
 * @param part      name of the network, and of the stretch between hurdles; empty for a filter
 * @param seed      seed of the work
 * @param type      class of the result
 * @param work      work of the evaluator
 * @param <T>       type of the result, which {@link TrialResultJson} can write
 */
public record Trial<T>(Kind kind, Candidate candidate, String part, long seed, Class<T> type, Work<T> work)
        implements Serializable {

    /** The kinds of work; the names appear in the journal. */
    public enum Kind {
        /** The signal filter. */
        SIGNAL,
        /** The stability filter. */
        STABILITY,
        /** The quality filter. */
        QUALITY,
        /** The training in one network, or a stretch of it. */
        TRAIN
    }

    /** The work of a trial; its result depends on the trial and on the evaluator alone. */
    @FunctionalInterface
    interface Work<T> extends Serializable {
        T by(CandidateEvaluator evaluator);
    }

    /** The signal filter on a candidate. */
    public static Trial<SignalResult> ofSignal(Candidate candidate, long seed) {
        Layer layer = candidate.layer();
        return new Trial<>(
                Kind.SIGNAL, candidate, "", seed, SignalResult.class, evaluator -> evaluator.checkSignal(layer, seed));
    }

    /** The stability filter on a candidate. */
    public static Trial<StabilityResult> ofStability(Candidate candidate, long seed) {
        Layer layer = candidate.layer();
        return new Trial<>(
                Kind.STABILITY,
                candidate,
                "",
                seed,
                StabilityResult.class,
                evaluator -> evaluator.checkStability(layer, seed));
    }

    /** The quality filter on a candidate. */
    public static Trial<CandidateStatus> ofQuality(Candidate candidate, long seed) {
        Layer layer = candidate.layer();
        return new Trial<>(
                Kind.QUALITY,
                candidate,
                "",
                seed,
                CandidateStatus.class,
                evaluator -> evaluator.checkQuality(layer, seed));
    }

    /** The training of a candidate in one network. */
    public static Trial<TrainingResult> ofTraining(Candidate candidate, String network, long seed) {
        Layer layer = candidate.layer();
        return new Trial<>(
                Kind.TRAIN,
                candidate,
                network,
                seed,
                TrainingResult.class,
                evaluator -> evaluator.train(layer, network, seed));
    }

    /**
     * A stretch of the training of a candidate in one network, from the state that the stretch before has left in
     * {@code states}. It leaves its own state there.
     *
     * @param filtered whether the stretch is the quality filter
     */
    public static Trial<TrainingResult> ofStretch(
            Candidate candidate,
            String network,
            long seed,
            TrainingStretch stretch,
            HurdleStates states,
            boolean filtered) {
        Layer layer = candidate.layer();
        String key = stretchKey(candidate, network, seed, stretch);
        return new Trial<>(Kind.TRAIN, candidate, part(network, stretch), seed, TrainingResult.class, evaluator -> {
            Optional<float[]> before =
                    stretch.previous().flatMap(previous -> states.read(stretchKey(candidate, network, seed, previous)));
            StretchResult trained = evaluator.trainStretch(layer, network, seed, stretch, before, filtered);
            trained.state().ifPresent(state -> states.write(key, state));
            return trained.result();
        });
    }

    /** The key of a stretch of a training, in the journal and among the states. */
    public static String stretchKey(Candidate candidate, String network, long seed, TrainingStretch stretch) {
        return key(Kind.TRAIN, candidate, part(network, stretch), seed);
    }

    private static String part(String network, TrainingStretch stretch) {
        return network + "_" + stretch.from() + "_" + stretch.to();
    }

    /** The trial's key in the journal: equal whenever the generation is done again, and fit for a file's name. */
    public String key() {
        return key(kind, candidate, part, seed);
    }

    private static String key(Kind kind, Candidate candidate, String part, long seed) {
        return String.join(
                "-",
                kind.name().toLowerCase(Locale.ROOT),
                Integer.toString(candidate.index()),
                candidate.id(),
                part,
                Long.toHexString(seed));
    }
}
