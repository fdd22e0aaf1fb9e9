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
 * The DL4J parameters of a {@link ProgramLayer}: its trainable vectors and its running statistics, which DL4J stores,
 * sends and averages with them. All are [C] except a v0 or v1 with one value per layer, [1],
 * and the weight of the running statistics, [1]: it is the running
 * statistic of the constant 1, and the other running statistics are divided by it to correct their bias.
 */
final class LayerVectors implements ParamInitializer {

    static final LayerVectors INSTANCE = new LayerVectors();

    static final String WEIGHT_OF_STATISTICS = "running.weight";
    private static final String RUNNING_STATISTIC = "running.";

    private LayerVectors() {}

    static String runningStatistic(int node) {
        return RUNNING_STATISTIC + node;
    }

    static boolean isRunningStatistic(String name) {
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
        int channels = (int) layer.getNOut();
        return switch (name) {
            case WEIGHT_OF_STATISTICS -> 1;
            case "v0" -> layer.layer().vectors().v0().size(channels);
            case "v1" -> layer.layer().vectors().v1().size(channels);
            default -> channels;
        };
    }

    private static double start(ProgramLayer layer, String name) {
        return switch (name) {
            case "v0" -> layer.layer().vectors().v0().start();
            case "v1" -> layer.layer().vectors().v1().start();
            case "gamma" -> 1;
            default -> 0;
        };
    }

    /** Views of the parameters; with {@code initialize} set to the values from which training starts. */
    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration conf, INDArray parameters, boolean initialize) {
        Map<String, INDArray> views = views(conf, parameters);
        views.forEach((name, view) -> {
            conf.addVariable(name);
            if (initialize) {
                view.assign(start((ProgramLayer) conf.getLayer(), name));
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
