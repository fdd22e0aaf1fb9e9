package org.evonorm.training;

import java.io.Serializable;
import org.evonorm.engine.Score;

/**
 * What one partition tells of a round, its new state aside.
 *
 * @param score           of the state that the round began with, on this partition's validation images; none where the
 *                        round scores nothing
 * @param losses          mean losses of the batches, in order; fewer than the round has steps where the next one was
 *                        not finite
 * @param trainingSeconds spent on the steps
 * @param seconds         spent on all
 */
public record Contribution(Score score, double[] losses, double trainingSeconds, double seconds)
        implements Serializable {}
