package org.evonorm.search.trial;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import org.evonorm.store.Journal;
import org.evonorm.training.StepCount;

/**
 * The runner of trials inside Spark tasks. Each trial is done at most once per generation, since the journal keeps
 * every result. A trial whose process died, or that ran out of memory or time, gets a second attempt in a JVM of its
 * own. So no candidate fails because it ran beside a candidate that crashes, or on a machine that was switched off.
 *
 * @param evaluator does the work of the trials
 * @param journal   journal of the generation
 * @param most      time that an attempt may take
 */
public record TrialRunner(CandidateEvaluator evaluator, Journal journal, Duration most) implements Serializable {

    /** The result of a trial: read from the journal, or else computed and added to the journal. */
    public <T> TrialResult<T> run(Trial<T> trial) {
        String key = trial.key();
        return journal.result(key)
                .flatMap(json -> TrialResultJson.read(json, trial.type()))
                .orElseGet(() -> {
                    long before = StepCount.ofThisThread().steps();
                    Optional<TrialResult<T>> first = journal.isBegun(key) ? Optional.empty() : first(trial);
                    TrialResult<T> attempt = first.orElseGet(() -> SeparateJvm.run(trial, evaluator, most, before));
                    journal.add(key, TrialResultJson.write(attempt, trial.type()));
                    return attempt;
                });
    }

    /** The first attempt, in this process; empty if it ran out of memory or time. */
    private <T> Optional<TrialResult<T>> first(Trial<T> trial) {
        CandidateEvaluator detached = evaluator.detached();
        try {
            journal.begin(trial.key());
            return new TimeBound(most).run(() -> trial.work().by(detached));
        } catch (OutOfMemoryError e) {
            return Optional.empty();
        } finally {
            end(trial.key());
        }
    }

    /**
     * Removes the mark that the trial began. An interrupted thread cannot use files, but the mark must go, since it
     * would count as a death of the process.
     */
    private void end(String key) {
        boolean interrupted = Thread.interrupted();
        journal.end(key);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
