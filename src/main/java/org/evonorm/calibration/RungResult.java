package org.evonorm.calibration;

import java.util.List;

/**
 * The result of a rung of the ladder.
 *
 * @param name             name of the rung, with {@code @STEP} for the accuracy at an earlier step of its trainings
 * @param layers           number of layers that were trained in all networks of the rung and of the reference
 * @param processorSeconds mean processor time of a layer's trainings in the rung; NaN before the first layer
 * @param multiplyAdds     multiply-adds of the networks times images, steps and seeds, per layer
 * @param tau              Kendall's tau-b between the mean accuracies in the rung and in the reference
 * @param kept             share of the reference's top quarter that the rung's top quarter keeps
 * @param tauByNetwork     tau-b between the accuracies in one network, in the order of the reference's networks; NaN
 *                         for a network that the rung has not
 */
public record RungResult(
        String name,
        int layers,
        double processorSeconds,
        double multiplyAdds,
        Estimate tau,
        Estimate kept,
        List<Double> tauByNetwork) {}
