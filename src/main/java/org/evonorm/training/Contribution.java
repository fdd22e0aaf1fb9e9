package org.evonorm.training;

import java.io.Serializable;
import org.evonorm.engine.Score;

/**
 * The measurements of one partition in one round of local SGD; the partition's new state travels apart from them.
 * {@link PartitionedTraining} adds up the contributions of all partitions.
 *
 * @param score           score on this partition's validation images, of the state that the round began with;
 *                        {@link Score#NONE} in a round that scores nothing
 * @param losses          mean losses of the batches in nats, in order; fewer than the round has steps if the next loss
 *                        was not finite
 * @param trainingSeconds seconds spent on the steps
 * @param seconds         seconds spent on the whole round, scoring included
 */
public record Contribution(Score score, double[] losses, double trainingSeconds, double seconds)
        implements Serializable {}
