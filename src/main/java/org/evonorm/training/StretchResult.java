package org.evonorm.training;

import java.util.Optional;

/**
 * The result of a stretch of a training.
 *
 * @param result accuracy, loss and steps at the end of the stretch; curve, time and rate of the stretch alone
 * @param state  state that the next stretch goes on from, in the form of {@link org.evonorm.engine.Model#state}; empty
 *               after the last stretch, and after a loss that was not finite
 */
public record StretchResult(TrainingResult result, Optional<float[]> state) {}
