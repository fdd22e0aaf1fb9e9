package org.evonorm.training;

import org.evonorm.data.Batch;
import org.evonorm.engine.OpenModel;
import org.evonorm.engine.Rounding;
import org.evonorm.engine.Score;

/**
 * A condition under which a trained network is scored once more, on the same validation images: the accuracy there tells
 * whether a layer holds outside of the training (docs/design.md, "Objectives").
 */
public enum Robustness {

    /** Batch aggregates are those of four images, as they come, in place of the running statistics. */
    BATCH_4(4) {
        @Override
        Score score(OpenModel model, Batch batch) {
            return model.scoreAsTraining(batch);
        }
    },

    /** Weights and activations are rounded to bfloat16. */
    BFLOAT16(SgdLoop.SCORED_AT_ONCE) {
        @Override
        Score score(OpenModel model, Batch batch) {
            return model.evaluate(batch, Rounding.BFLOAT16);
        }
    },

    /** Weights and activations are rounded to integers of eight bits. */
    INT8(SgdLoop.SCORED_AT_ONCE) {
        @Override
        Score score(OpenModel model, Batch batch) {
            return model.evaluate(batch, Rounding.INT8);
        }
    };

    private final int batchSize;

    Robustness(int batchSize) {
        this.batchSize = batchSize;
    }

    /** Images that are scored at once; the last batch may be smaller. */
    int batchSize() {
        return batchSize;
    }

    /** Scores a batch of validation images. */
    abstract Score score(OpenModel model, Batch batch);
}
