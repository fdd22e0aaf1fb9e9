package org.evonorm.settings;

import org.evonorm.rerank.AveragedTraining;
import org.evonorm.search.trial.PartitionedTrainings;

/** Who averages what the partitions of a rerank's training came to. */
public enum Averaging {
    /** The rounds of all trainings at once, {@link PartitionedTrainings}; with one partition nothing is averaged. */
    EVONORM,
    /** dl4j-spark, one training after the other, {@link AveragedTraining}. */
    DL4J
}
