package org.evonorm.store;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.training.TrainingResult;

/**
 * A row of a {@link RerankTable}: one training of a layer in a network.
 *
 * @param score  training and accuracy, as the ranking needs them
 * @param name   the layer's name if it is a baseline
 * @param layer  the layer
 * @param result result of the training; its accuracies are on the images that {@link Training#scoredOn} names
 * @param seed   seed of the training
 * @param engine name of the engine
 * @param host   name of the machine that trained
 */
public record RerankRow(
        Score score, Optional<String> name, Layer layer, TrainingResult result, long seed, String engine, String host) {

    /**
     * The accuracy of a training.
     *
     * @param training the training
     * @param accuracy share of the images that are classified correctly, 0 to 1
     */
    public record Score(Training training, double accuracy) {}

    /**
     * A training as a reader of the table knows it.
     *
     * @param name    the layer's name if it is a baseline
     * @param formula the layer in simplified form
     */
    public record Named(Score score, Optional<String> name, String formula) {}

    /**
     * The key of a training among all trainings of a run's reranks.
     *
     * @param id       id of the layer
     * @param network  name of the network
     * @param scoredOn images that score the training
     * @param number   number among the trainings of this layer in this network, from 1
     * @param settings settings that decide the training's result, as JSON
     */
    public record Training(String id, String network, ScoredOn scoredOn, int number, String settings)
            implements Serializable {}

    /** The row for Spark; columns that do not apply are null. */
    Row toRow() {
        Training training = score.training;
        Row[] curve = EvaluationRow.curve(result);
        return RowFactory.create(
                training.id,
                name.orElse(null),
                LayerJson.write(layer),
                Formula.print(Simplification.shown(layer)),
                training.network,
                training.scoredOn.name().toLowerCase(Locale.ROOT),
                training.number,
                score.accuracy,
                result.loss(),
                result.steps(),
                result.diverged(),
                curve,
                seed,
                training.settings,
                engine,
                result.seconds(),
                result.imagesPerSecond(),
                host);
    }

    /** The columns that {@link #training} reads. */
    static final List<String> TRAINING = List.of("id", "network", "scored_on", "training", "settings");

    /** The columns that {@link #score} reads. */
    static final List<String> SCORE = List.of("id", "network", "scored_on", "training", "settings", "accuracy");

    /** The columns that {@link #named} reads. */
    static final List<String> NAMED =
            Stream.concat(SCORE.stream(), Stream.of("name", "formula")).toList();

    /** Reads the score of a row and the layer's names. */
    static Named named(StoredRow row) {
        return new Named(score(row), row.optionalText("name"), row.text("formula"));
    }

    /** Reads the score of a row. */
    static Score score(StoredRow row) {
        return new Score(training(row), row.share("accuracy"));
    }

    /** Reads the key of a row's training. */
    static Training training(StoredRow row) {
        return new Training(
                row.text("id"),
                row.text("network"),
                ScoredOn.valueOf(row.text("scored_on").toUpperCase(Locale.ROOT)),
                row.integer("training"),
                row.text("settings"));
    }
}
