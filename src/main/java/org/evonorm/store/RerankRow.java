package org.evonorm.store;

import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.training.TrainingResult;

/**
 * A row of a {@link RerankTable}: one training of a layer in a network.
 *
 * @param score  what the ranking needs of it
 * @param name   of a baseline
 * @param result its accuracies are those on the images that it was scored on
 * @param seed   what the training was seeded with
 * @param engine name of the engine
 * @param host   name of the machine that trained
 */
public record RerankRow(
        Score score, Optional<String> name, Layer layer, TrainingResult result, long seed, String engine, String host) {

    /**
     * A training and the accuracy that it reached.
     *
     * @param accuracy share of the images labelled rightly, 0 to 1
     */
    public record Score(Training training, double accuracy) {}

    /**
     * What tells trainings of a run apart.
     *
     * @param id       of the layer
     * @param number   of the training among those of this layer in this network, from 1
     * @param settings that decide how it ends, as JSON
     */
    public record Training(String id, String network, ScoredOn scoredOn, int number, String settings)
            implements Serializable {}

    /** As Spark writes it; columns that do not apply are null. */
    Row toRow() {
        Training training = score.training;
        Row[] curve = EvaluationRow.curve(result);
        return RowFactory.create(
                training.id,
                name.orElse(null),
                LayerJson.write(layer),
                Formula.print(layer),
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

    /** The score of a row. */
    static Score score(Row row) {
        ScoredOn scoredOn = ScoredOn.valueOf(row.<String>getAs("scored_on").toUpperCase(Locale.ROOT));
        return new Score(
                new Training(
                        row.getAs("id"),
                        row.getAs("network"),
                        scoredOn,
                        row.<Integer>getAs("training"),
                        row.getAs("settings")),
                row.<Double>getAs("accuracy"));
    }
}
