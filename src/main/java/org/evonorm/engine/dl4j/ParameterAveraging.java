package org.evonorm.engine.dl4j;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.OptionalInt;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.evonorm.data.Batch;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The training of one network by dl4j-spark's parameter averaging (SparkComputationGraph,
 * ParameterAveragingTrainingMaster): in every round the master sends the parameters to workers in Spark tasks, each
 * worker takes some steps, and the master averages parameters, velocities and running statistics. Spark may deliver the
 * workers' results in any order, so that sums over more than two workers may differ from run to run by a rounding.
 */
public final class ParameterAveraging implements AutoCloseable {

    /**
     * Settings of the workers' stochastic gradient descent.
     *
     * @param batchSize   images per batch of a worker
     * @param localSteps  largest number of steps per worker and round
     * @param rates       learning rate of each step of a worker
     * @param momentum    Nesterov momentum
     * @param weightDecay factor of convolution and dense weights in their gradient
     */
    public record SgdSettings(int batchSize, int localSteps, double[] rates, double momentum, double weightDecay) {}

    /** The resources of a worker, asked for inside its Spark task. */
    public interface Worker extends Serializable {

        /** Index of the task's GPU among those that the process sees, from 0; empty for the back end's choice. */
        OptionalInt gpu();

        /** The batches of a worker in one round; a batch may reuse the arrays of the batch before. */
        Iterator<Batch> batches(int worker);
    }

    private final ParameterLayout layout;
    private final ParameterOrder order;
    private final int classes;
    private final SparkComputationGraph training;

    /**
     * @param seed    seed of the initial parameters
     * @param workers number of workers
     * @param sgd     settings of their steps
     * @throws IllegalStateException if the build's back end cannot run here, on the driver, which averages
     */
    public ParameterAveraging(
            JavaSparkContext spark, Network network, Layer layer, long seed, int workers, SgdSettings sgd) {
        Device.any();
        this.classes = network.classes();
        this.layout = ParameterLayout.of(network, layer);
        ComputationGraph graph = new ComputationGraph(
                NetworkGraph.of(network, layer, new NesterovUpdater(sgd.rates, sgd.momentum), sgd.weightDecay));
        graph.init();
        this.order = new ParameterOrder(graph, layout);
        float[] initial = order.toGraph(layout.initialValues(seed), new float[layout.runningStatisticCount()], 0);
        try (INDArray array = Nd4j.createFromArray(initial)) {
            graph.params().reshape(initial.length).assign(array);
        }
        // A worker's batches are one partition already, so that data is not repartitioned; they are cheap to make
        // again, so that they are not stored.
        this.training = new SparkComputationGraph(
                spark,
                graph,
                new ParameterAveragingTrainingMaster.Builder(workers, sgd.batchSize)
                        .batchSizePerWorker(sgd.batchSize)
                        .averagingFrequency(sgd.localSteps)
                        .rddTrainingApproach(RDDTrainingApproach.Direct)
                        .repartionData(Repartition.Never)
                        .storageLevel(null)
                        .saveUpdater(true)
                        .workerPrefetchNumBatches(0)
                        .build());
    }

    /**
     * Runs one round: every worker takes a step per batch, then the states are averaged.
     *
     * @param from    steps of each worker before the round
     * @param workers numbers of the workers, one per partition
     * @param worker  the workers' resources
     * @return mean over the workers of the last batch's loss in nats, before its step
     */
    public double round(int from, JavaRDD<Integer> workers, Worker worker) {
        int classes = this.classes;
        TrainingHook rates = new LearningRateHook(from);
        training.getTrainingMaster().addHook(rates);
        training.fit(workers.flatMap(number -> dataSets(number, worker, classes)));
        training.getTrainingMaster().removeHook(rates);
        return training.getScore();
    }

    private static Iterator<DataSet> dataSets(int number, Worker worker, int classes) {
        OptionalInt gpu = worker.gpu();
        (gpu.isPresent() ? Device.gpu(gpu.getAsInt()) : Device.any()).use();
        Iterator<Batch> batches = worker.batches(number);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return batches.hasNext();
            }

            @Override
            public DataSet next() {
                Batch batch = batches.next();
                return new DataSet(BatchArrays.images(batch), BatchArrays.labels(batch, classes));
            }
        };
    }

    /** The averaged state of all workers, in the form of {@link org.evonorm.engine.Model#state}. */
    public float[] state() {
        float[] graph = training.getNetwork().params().toFloatVector();
        float[] parameters = order.parameters(graph);
        float[] runningStatistics = order.runningStatistics(graph);
        float[] state = Arrays.copyOf(parameters, 2 * parameters.length + runningStatistics.length);
        INDArray velocities = training.getNetwork().getUpdater().getStateViewArray();
        if (velocities != null) {
            System.arraycopy(
                    order.velocities(velocities.toFloatVector()), 0, state, parameters.length, parameters.length);
        }
        System.arraycopy(runningStatistics, 0, state, 2 * parameters.length, runningStatistics.length);
        return state;
    }

    /** Frees native memory. */
    @Override
    public void close() {
        training.getNetwork().close();
    }
}
