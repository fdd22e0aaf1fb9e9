package org.evonorm.search.trial;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import org.evonorm.store.Journal;

/**
 * Does trials inside Spark tasks, each at most once in the life of a generation: what has ended is in the journal. A
 * trial under which a process died, which ran out of memory or took too long, gets a second attempt in a JVM of its
 * own. So nobody fails for having run beside a candidate that crashes, or on a machine that was switched off.
 *
 * @param most time that an attempt may take
 */
public record TrialRunner(CandidateEvaluator evaluator, Journal journal, Duration most) implements Serializable {

    /** What came of the trial, now or before. */
    public <T> TrialResult<T> run(Trial<T> trial) {
        String key = trial.key();
        return journal.result(key)
                .flatMap(json -> TrialResultJson.read(json, trial.type()))
                .orElseGet(() -> {
                    Optional<TrialResult<T>> first = journal.isBegun(key) ? Optional.empty() : first(trial);
                    TrialResult<T> attempt = first.orElseGet(() -> SeparateJvm.run(trial, evaluator, most));
                    journal.add(key, TrialResultJson.write(attempt, trial.type()));
                    return attempt;
                });
    }

    /** What came of the trial in this process; nothing where it took more memory or time than there is. */
    private <T> Optional<TrialResult<T>> first(Trial<T> trial) {
        CandidateEvaluator apart = evaluator.detached();
        try {
            journal.begin(trial.key());
            return new TimeBound(most).run(() -> trial.work().by(apart));
        } catch (OutOfMemoryError e) {
            return Optional.empty();
        } finally {
            end(trial.key());
        }
    }

    /** A thread that is interrupted cannot use files, and the mark would count as a death of the process. */
    private void end(String key) {
        boolean interrupted = Thread.interrupted();
        journal.end(key);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
