package org.evonorm.store;

import java.io.Serializable;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingResult.CurvePoint;

/**
 * A row of {@link Table#EVALUATIONS}: one training that ended.
 *
 * @param index        index of the candidate in its generation
 * @param id           id of the candidate
 * @param networkIndex position of the network among the search's networks
 * @param network      name of the network
 * @param result       result of the training
 * @param hurdles      steps of the hurdles that the candidate came to; empty without hurdles
 * @param seed         seed of the training
 * @param engine       name of the engine
 * @param host         name of the machine that trained
 */
public record EvaluationRow(
        int index,
        String id,
        int networkIndex,
        String network,
        TrainingResult result,
        List<Integer> hurdles,
        long seed,
        String engine,
        String host)
        implements Serializable {

    /** The row for Spark. */
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
                hurdles.isEmpty() ? null : atHurdles(),
                seed,
                engine,
                result.seconds(),
                result.imagesPerSecond(),
                host);
    }

    private Row[] atHurdles() {
        return hurdles.stream()
                .map(steps -> RowFactory.create(steps, result.accuracyAt(steps)))
                .toArray(Row[]::new);
    }

    /** Reads the accuracies at the hurdles of a row, by steps; empty without hurdles. */
    static SortedMap<Integer, Double> hurdles(StoredRow row) {
        SortedMap<Integer, Double> accuracies = new TreeMap<>();
        row.listOrEmpty("hurdles").forEach(hurdle -> accuracies.put(hurdle.integer("steps"), hurdle.share("accuracy")));
        return accuracies;
    }

    /** The learning curve as rows for Spark. */
    static Row[] curve(TrainingResult result) {
        return result.curve().stream()
                .map(point -> RowFactory.create(point.step(), point.trainingLoss(), point.accuracy()))
                .toArray(Row[]::new);
    }

    /** Reads the learning curve of a row. */
    static List<CurvePoint> curve(StoredRow row) {
        return row.list("curve").stream()
                .map(point ->
                        new CurvePoint(point.integer("step"), point.real("training_loss"), point.real("accuracy")))
                .toList();
    }
}
