package org.evonorm.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Weight decay that is added to the gradient before the update but not to the loss, as in all trainings here. */
public final class UnscoredWeightDecay extends L2Regularization {

    private static final long serialVersionUID = 1;

    /** For DL4J, which reads it from JSON. */
    public UnscoredWeightDecay(@JsonProperty("l2") ISchedule l2) {
        super(l2);
    }

    UnscoredWeightDecay(double decay) {
        this(new FixedSchedule(decay));
    }

    @Override
    public double score(INDArray parameter, int iteration, int epoch) {
        return 0;
    }

    @Override
    public Regularization clone() {
        return new UnscoredWeightDecay(l2.clone());
    }
}
