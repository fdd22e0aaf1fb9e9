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
 * A training of one network by dl4j-spark: its SparkComputationGraph, and its parameter averaging master, which sends the
 * parameters to workers in Spark tasks, lets each take some steps of its own and averages parameters, velocities and moving
 * averages. Sums are taken in the order in which Spark brings the workers' results, so that results of more than two
 * workers may differ from run to run by a rounding.
 */
public final class ParameterAveraging implements AutoCloseable {

    /**
     * How the workers descend.
     *
     * @param batchSize   images in each of a worker's batches
     * @param localSteps  most steps of a worker in a round
     * @param rates       learning rate of each of a worker's steps
     * @param momentum    Nesterov momentum
     * @param weightDecay added to the gradient of convolution and dense weights, times the weight
     */
    public record SgdLoop(int batchSize, int localSteps, double[] rates, double momentum, double weightDecay) {}

    /** What a worker needs, asked for inside its Spark task. */
    public interface Worker extends Serializable {

        /** The GPU of this task, from 0 among those that the process sees; none for what the build's back end chooses. */
        OptionalInt gpu();

        /** A worker's batches of one round; each may have the arrays of the one before. */
        Iterator<Batch> batches(int worker);
    }

    private final ParameterLayout layout;
    private final ParameterOrder order;
    private final int classes;
    private final SparkComputationGraph training;

    /**
     * @param seed of the initial parameters
     * @throws IllegalStateException if the build's back end cannot run here, which holds the averages
     */
    public ParameterAveraging(
            JavaSparkContext spark, Network network, Layer layer, long seed, int workers, SgdLoop descent) {
        Device.any();
        this.classes = network.classes();
        this.layout = ParameterLayout.of(network, layer);
        ComputationGraph graph = new ComputationGraph(NetworkGraph.of(
                network, layer, new NesterovUpdater(descent.rates, descent.momentum), descent.weightDecay));
        graph.init();
        this.order = new ParameterOrder(graph, layout);
        float[] initial = order.toGraph(layout.initialValues(seed), new float[layout.runningStatisticCount()], 0);
        try (INDArray array = Nd4j.createFromArray(initial)) {
            graph.params().reshape(initial.length).assign(array);
        }
        // The batches of a worker are a partition already, and made anew at little cost where they are wanted twice.
        this.training = new SparkComputationGraph(
                spark,
                graph,
                new ParameterAveragingTrainingMaster.Builder(workers, descent.batchSize)
                        .batchSizePerWorker(descent.batchSize)
                        .averagingFrequency(descent.localSteps)
                        .rddTrainingApproach(RDDTrainingApproach.Direct)
                        .repartionData(Repartition.Never)
                        .storageLevel(null)
                        .saveUpdater(true)
                        .workerPrefetchNumBatches(0)
                        .build());
    }

    /**
     * A round: every worker takes a step with each of its batches, and then all are averaged.
     *
     * @param from    steps that each worker has taken before
     * @param workers their numbers, one in each partition
     * @return mean over the workers of the loss of the last batch, before its step
     */
    public double round(int from, JavaRDD<Integer> workers, Worker worker) {
        int classes = this.classes;
        TrainingHook rates = new RatesOfRound(from);
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

    /** What the workers came to on average, in the form of {@link org.evonorm.engine.Model#state}. */
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
