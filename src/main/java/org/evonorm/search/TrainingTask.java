package org.evonorm.search;

import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.evonorm.evolution.Candidate;
import org.evonorm.store.EvaluationRow;
import org.evonorm.training.TrainingResult;

/** One candidate to train in one network. */
record TrainingTask(Candidate candidate, int networkIndex, String network, long seed) implements Serializable {

    /** What came of it, and on which machine. */
    record Ended(TrainingTask task, Attempt<TrainingResult> attempt, String host) implements Serializable {

        boolean isDone() {
            return attempt instanceof Attempt.Done<TrainingResult>;
        }

        /** The table's row of a training that is done. */
        EvaluationRow row(String engine) {
            TrainingResult result = ((Attempt.Done<TrainingResult>) attempt).value();
            return new EvaluationRow(task.candidate.index(), task.candidate.id(), task.networkIndex, task.network,
                    result, task.seed, engine, host);
        }
    }

    /** Trains, inside a Spark task. */
    Ended run(CandidateEvaluator evaluator) {
        return new Ended(this, Attempt.at(() -> evaluator.train(candidate.layer(), network, seed)), host());
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
