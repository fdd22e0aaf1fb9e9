package org.evonorm.engine.dl4j;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Lets the learning rates of a worker go on where the round before ended. The count of steps is lost where DL4J copies a
 * configuration for a worker, so that without this each round would begin with the first rate.
 *
 * @param from steps that each worker has taken before the round
 */
record RatesOfRound(int from) implements TrainingHook {

    @Override
    public void preUpdate(MultiDataSet batch, Model model) {
        goOn(model);
    }

    @Override
    public void preUpdate(DataSet batch, Model model) {
        goOn(model);
    }

    private void goOn(Model model) {
        ComputationGraphConfiguration graph = ((ComputationGraph) model).getConfiguration();
        graph.setIterationCount(Math.max(from, graph.getIterationCount()));
    }

    @Override
    public void postUpdate(MultiDataSet batch, Model model) {
        // The step counts itself.
    }

    @Override
    public void postUpdate(DataSet batch, Model model) {
        // The step counts itself.
    }
}
