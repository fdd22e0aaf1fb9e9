package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.store.Journal;

/** Does trials inside Spark tasks, each at most once in the life of a generation: what has ended is in the journal. */
record Attempts(CandidateEvaluator evaluator, Journal journal) implements Serializable {

    /** What came of the trial, now or before. */
    <T> Attempt<T> at(Trial<T> trial) {
        return journal.result(trial.key()).flatMap(json -> AttemptJson.read(json, trial.type())).orElseGet(() -> {
            Attempt<T> attempt = Attempt.at(() -> trial.work().by(evaluator));
            journal.add(trial.key(), AttemptJson.write(attempt, trial.type()));
            return attempt;
        });
    }
}
