package org.evonorm.engine.dl4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The parameters of a {@link ProgramLayer} as DL4J has them: its trainable vectors and, so that they are stored, sent and
 * averaged with these, its running statistics. All are [C], but for the weight of the runningStatistics, [1], which is the running statistic
 * of 1 and divides the others to correct their bias.
 */
final class LayerVectors implements ParamInitializer {

    static final LayerVectors INSTANCE = new LayerVectors();

    static final String WEIGHT_OF_STATISTICS = "running.weight";
    private static final String RUNNING_STATISTIC = "running.";

    private LayerVectors() {}

    static String runningStatistic(int node) {
        return RUNNING_STATISTIC + node;
    }

    static boolean isAverage(String name) {
        return name.equals(WEIGHT_OF_STATISTICS) || name.startsWith(RUNNING_STATISTIC);
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        ProgramLayer program = (ProgramLayer) layer;
        List<String> names = new ArrayList<>(program.vectors());
        for (int node = 0; node < program.runningStatistics(); node++) {
            names.add(runningStatistic(node));
        }
        if (program.runningStatistics() > 0) {
            names.add(WEIGHT_OF_STATISTICS);
        }
        return names;
    }

    @Override
    public long numParams(NeuralNetConfiguration conf) {
        return numParams(conf.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        return paramKeys(layer).stream()
                .mapToLong(name -> length((ProgramLayer) layer, name))
                .sum();
    }

    private static long length(ProgramLayer layer, String name) {
        return name.equals(WEIGHT_OF_STATISTICS) ? 1 : layer.getNOut();
    }

    /** Views of v1 and gamma hold ones if {@code initialize}, those of all others zeros. */
    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration conf, INDArray parameters, boolean initialize) {
        Map<String, INDArray> views = views(conf, parameters);
        views.forEach((name, view) -> {
            conf.addVariable(name);
            if (initialize) {
                view.assign(name.equals("v1") || name.equals("gamma") ? 1 : 0);
            }
        });
        return views;
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration conf, INDArray gradients) {
        return views(conf, gradients);
    }

    private Map<String, INDArray> views(NeuralNetConfiguration conf, INDArray flat) {
        Map<String, INDArray> views = Collections.synchronizedMap(new LinkedHashMap<>());
        long offset = 0;
        for (String name : paramKeys(conf.getLayer())) {
            long end = offset + length((ProgramLayer) conf.getLayer(), name);
            views.put(name, flat.reshape(flat.length()).get(NDArrayIndex.interval(offset, end)));
            offset = end;
        }
        return views;
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return List.of();
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return List.of();
    }

    @Override
    public boolean isWeightParam(Layer layer, String name) {
        return false;
    }

    @Override
    public boolean isBiasParam(Layer layer, String name) {
        return false;
    }
}
