package org.evonorm.engine.dl4j;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Continues a worker's learning-rate schedule from the round before. DL4J loses the count of steps when it copies a
 * configuration for a worker; without this hook each round would begin with the first rate.
 *
 * @param from steps of each worker before the round
 */
record LearningRateHook(int from) implements TrainingHook {

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
        // DL4J counts the step itself.
    }

    @Override
    public void postUpdate(DataSet batch, Model model) {
        // DL4J counts the step itself.
    }
}
