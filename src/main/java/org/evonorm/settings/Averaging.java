package org.evonorm.settings;

import org.evonorm.rerank.AveragedTraining;
import org.evonorm.search.trial.PartitionedTrainings;

/** The parameter averaging of a rerank's trainings on partitioned data. */
public enum Averaging {
    /**
     * {@link PartitionedTrainings}: the rounds of all trainings run at once. Trainings on one partition average
     * nothing.
     */
    EVONORM,
    /** {@link AveragedTraining}: dl4j-spark averages, one training after the other. */
    DL4J
}
