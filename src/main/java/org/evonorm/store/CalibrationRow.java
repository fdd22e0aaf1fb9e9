package org.evonorm.store;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingResult.CurvePoint;

/**
 * A row of the {@link CalibrationTable}: one training of a layer in a network of the reference or of a rung.
 *
 * @param training key of the training
 * @param name     the layer's name if the settings give it, and not a run
 * @param layer    the layer
 * @param measured result of the training, with its cost
 * @param failure  the reason if the training failed by the layer's own fault
 * @param seed     seed of the training
 * @param engine   name of the engine
 * @param host     name of the machine that trained
 */
public record CalibrationRow(
        Training training,
        Optional<String> name,
        Layer layer,
        Measured measured,
        Optional<String> failure,
        long seed,
        String engine,
        String host) {

    /** The two kinds of settings of a calibration. */
    public enum Part {
        /** The settings whose ranking counts. */
        REFERENCE,
        /** Proxy settings. */
        RUNG
    }

    /**
     * The key of a training among all trainings of a calibration.
     *
     * @param id       id of the layer
     * @param network  name of the network
     * @param part     reference or rung, whose seeds differ
     * @param number   number among the trainings of this layer in this network, from 1
     * @param settings settings that decide the training's result, as JSON
     */
    public record Training(String id, String network, Part part, int number, String settings) implements Serializable {}

    /**
     * A training with its cost.
     *
     * @param result           result of the training
     * @param processorSeconds processor time of its threads, scoring included
     */
    public record Measured(TrainingResult result, double processorSeconds) implements Serializable {

        /** A training that failed after this time; it counts with accuracy 0. */
        public static Measured failed(double seconds) {
            return new Measured(new TrainingResult(0, Double.NaN, 0, false, List.of(), seconds, 0), seconds);
        }
    }

    /**
     * A training as the ladder needs it.
     *
     * @param training         key of the training
     * @param accuracy         share of the validation images that are classified correctly, 0 to 1; 0 if the training
     *                         diverged or failed
     * @param curve            learning curve; it ends where the training diverged
     * @param steps            steps done
     * @param seconds          wall time in seconds, scoring included
     * @param processorSeconds processor time in seconds, scoring included
     * @param imagesPerSecond  training images per second of wall time, scoring excluded
     * @param failure          the reason if the training failed
     */
    public record Score(
            Training training,
            double accuracy,
            List<CurvePoint> curve,
            int steps,
            double seconds,
            double processorSeconds,
            double imagesPerSecond,
            Optional<String> failure) {}

    /** The row as a reader of the table finds it. */
    public Score score() {
        TrainingResult result = measured.result();
        return new Score(
                training,
                result.accuracy(),
                result.curve(),
                result.steps(),
                result.seconds(),
                measured.processorSeconds(),
                result.imagesPerSecond(),
                failure);
    }

    /** The row for Spark; columns that do not apply are null. */
    Row toRow() {
        TrainingResult result = measured.result();
        Row[] curve = EvaluationRow.curve(result);
        return RowFactory.create(
                training.id,
                name.orElse(null),
                LayerJson.write(layer),
                Formula.print(Simplification.shown(layer)),
                training.part.name().toLowerCase(Locale.ROOT),
                training.network,
                training.number,
                result.accuracy(),
                result.loss(),
                result.steps(),
                result.diverged(),
                curve,
                failure.orElse(null),
                seed,
                training.settings,
                engine,
                result.seconds(),
                measured.processorSeconds(),
                result.imagesPerSecond(),
                host);
    }

    /** The columns that {@link #score(StoredRow)} reads. */
    static final List<String> SCORE = List.of(
            "id",
            "part",
            "network",
            "training",
            "settings",
            "accuracy",
            "curve",
            "steps",
            "failure",
            "seconds",
            "processor_seconds",
            "images_per_second");

    /** Reads the score of a row. */
    static Score score(StoredRow row) {
        return new Score(
                new Training(
                        row.text("id"),
                        row.text("network"),
                        Part.valueOf(row.text("part").toUpperCase(Locale.ROOT)),
                        row.integer("training"),
                        row.text("settings")),
                row.share("accuracy"),
                EvaluationRow.curve(row),
                row.integer("steps"),
                row.real("seconds"),
                row.real("processor_seconds"),
                row.real("images_per_second"),
                row.optionalText("failure"));
    }
}
