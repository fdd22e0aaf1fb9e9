package org.evonorm.store;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.evonorm.training.TrainingResult;

/**
 * A row of {@link Table#EVALUATIONS}.
 *
 * @param index        of the candidate in its generation
 * @param id           of the candidate
 * @param networkIndex position of the network among the search's networks
 * @param seed         what the training was seeded with
 * @param engine       name of the engine
 * @param host         name of the machine that trained
 */
public record EvaluationRow(
        int index,
        String id,
        int networkIndex,
        String network,
        TrainingResult result,
        long seed,
        String engine,
        String host)
        implements Serializable {

    /** As Spark writes it. */
    public Row toRow() {
        return RowFactory.create(
                index,
                id,
                networkIndex,
                network,
                result.accuracy(),
                result.loss(),
                result.steps(),
                result.diverged(),
                curve(result),
                seed,
                engine,
                result.seconds(),
                result.imagesPerSecond(),
                host);
    }

    /** The learning curve as Spark writes it. */
    static Row[] curve(TrainingResult result) {
        return result.curve().stream()
                .map(point -> RowFactory.create(point.step(), point.trainingLoss(), point.accuracy()))
                .toArray(Row[]::new);
    }
}
