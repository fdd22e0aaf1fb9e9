package org.evonorm.search.trial;

import java.io.Serializable;
import java.util.Locale;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.training.TrainingResult;

/**
 * A piece of costly work on a candidate that an evaluator does in one go: a filter's judgement, or a training.
 *
 * @param kind      of work
 * @param candidate that it tries
 * @param part      tells trials of one kind with one candidate apart, as the network's name; empty where there is one
 * @param seed      that it is done with
 * @param work      what the evaluator does
 * @param <T>       type of the result, of which {@link TrialResultJson} knows the JSON form
 */
public record Trial<T>(Kind kind, Candidate candidate, String part, long seed, Class<T> type, Work<T> work)
        implements Serializable {

    /** What is done with the candidate; the names stand in the journal. */
    public enum Kind {
        STABILITY,
        QUALITY,
        TRAIN
    }

    /** Work that depends on what it was made with and on the evaluator alone. */
    @FunctionalInterface
    interface Work<T> extends Serializable {
        T by(CandidateEvaluator evaluator);
    }

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

    /** The same for the same trial, however often a generation is begun; fit for a file's name. */
    public String key() {
        return String.join(
                "-",
                kind.name().toLowerCase(Locale.ROOT),
                Integer.toString(candidate.index()),
                candidate.id(),
                part,
                Long.toHexString(seed));
    }
}
