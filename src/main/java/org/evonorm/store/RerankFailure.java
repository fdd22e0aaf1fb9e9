package org.evonorm.store;

import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.simplification.Simplification;

/**
 * A row of the table {@code rerank-failures}: a training that failed by the layer's own fault, and would fail again.
 *
 * @param training the training
 * @param name     the layer's name if it is a baseline
 * @param layer    the layer
 * @param reason   one sentence
 * @param seed     seed of the training
 * @param engine   name of the engine
 */
public record RerankFailure(
        RerankRow.Training training, Optional<String> name, Layer layer, String reason, long seed, String engine) {

    /** The row for Spark. */
    Row toRow() {
        return RowFactory.create(
                training.id(),
                name.orElse(null),
                LayerJson.write(layer),
                Formula.print(Simplification.shown(layer)),
                training.network(),
                training.scoredOn().name().toLowerCase(Locale.ROOT),
                training.number(),
                reason,
                seed,
                training.settings(),
                engine);
    }
}
