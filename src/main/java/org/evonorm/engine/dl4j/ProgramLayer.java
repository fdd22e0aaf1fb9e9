package org.evonorm.engine.dl4j;

import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.LayerJson;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * DL4J's configuration of a normalization-activation layer on [B, C, H, W]. DL4J serializes it as JSON, with the layer
 * in the project's JSON form, so that a graph with such layers can be sent to executors.
 */
public final class ProgramLayer extends FeedForwardLayer {

    private static final long serialVersionUID = 1;

    private String layerJson;
    private List<String> vectors;
    private int runningStatistics;

    /** For DL4J's deserialization, which sets the fields. */
    public ProgramLayer() {}

    /**
     * @param vectors           names of the trainable vectors, in order: v0, v1, gamma, beta
     * @param runningStatistics number of running statistics
     * @param channels          number of channels
     */
    ProgramLayer(CanonicalLayer layer, List<String> vectors, int runningStatistics, int channels) {
        this.layerJson = LayerJson.write(layer.layer());
        this.vectors = List.copyOf(vectors);
        this.runningStatistics = runningStatistics;
        this.nIn = channels;
        this.nOut = channels;
    }

    CanonicalLayer layer() {
        return CanonicalLayer.of(LayerJson.read(layerJson));
    }

    List<String> vectors() {
        return vectors;
    }

    int runningStatistics() {
        return runningStatistics;
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        InterpretedLayer instance = new InterpretedLayer(conf, type);
        instance.setListeners(listeners);
        instance.setIndex(index);
        instance.setParamsViewArray(parameters);
        instance.setParamTable(initializer().init(conf, parameters, initialize));
        instance.setConf(conf);
        return instance;
    }

    @Override
    public ParamInitializer initializer() {
        return LayerVectors.INSTANCE;
    }

    /**
     * The graph's updater for trainable vectors; none for running statistics, whose gradient is the amount to subtract.
     */
    @Override
    public IUpdater getUpdaterByParam(String name) {
        return LayerVectors.isRunningStatistic(name) ? new NoOp() : iUpdater;
    }

    /** No regularization: weight decay acts on convolution and dense weights alone. */
    @Override
    public List<Regularization> getRegularizationByParam(String name) {
        return List.of();
    }

    @Override
    public InputType getOutputType(int index, InputType input) {
        return input;
    }

    @Override
    public void setNIn(InputType input, boolean override) {
        // The constructor sets the number of channels.
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType input) {
        return null;
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType input) {
        long parameters = initializer().numParams(this);
        return new LayerMemoryReport.Builder(layerName, ProgramLayer.class, input, input)
                .standardMemory(parameters, 0)
                .workingMemory(0, 0, 0, input.arrayElementsPerExample())
                .build();
    }
}
