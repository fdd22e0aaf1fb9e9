package org.evonorm.cli.measure;

import java.util.List;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.Probe;
import org.evonorm.graph.ReferenceEvaluation;

/** The reference's gradients of a layer against central finite differences of its values, on a probe. */
final class FiniteDifferences {

    /** Steps of the differences. Rounding spoils small steps and curvature large ones, so the best step counts. */
    private static final double[] STEPS = {1e-4, 1e-5, 1e-6, 1e-7};

    private final Layer layer;
    private final Probe probe;
    private final ChannelVectors vectors;
    private final ReferenceEvaluation evaluation;

    FiniteDifferences(Layer layer, Probe probe) {
        this.layer = layer;
        this.probe = probe;
        this.vectors = layer.vectors().fit(probe.vectors());
        this.evaluation = new ReferenceEvaluation(probe.shape());
    }

    /** The largest error of a gradient. */
    double error() {
        evaluation.train(layer, probe.x(), vectors);
        List<double[]> gradients = LayerErrors.tensors(evaluation.gradient(probe.outputGradient()));
        List<double[]> inputs = List.of(probe.x(), vectors.v0(), vectors.v1(), vectors.gamma(), vectors.beta());
        double floor = ErrorScale.floor(gradients);
        double largest = 0;
        for (int i = 0; i < inputs.size(); i++) {
            largest = Math.max(largest, error(inputs.get(i), ErrorScale.of(gradients.get(i), floor)));
        }
        return largest;
    }

    /** The largest error of one tensor's gradient; the values of {@code inputs} are changed in place, one at a time. */
    private double error(double[] inputs, ErrorScale gradient) {
        double largest = 0;
        for (int i = 0; i < inputs.length; i++) {
            double smallest = Double.POSITIVE_INFINITY;
            for (double step : STEPS) {
                double before = inputs[i];
                inputs[i] = before + step;
                Loss above = loss();
                inputs[i] = before - step;
                Loss below = loss();
                inputs[i] = before;
                double difference = (above.value - below.value) / (2 * step);
                smallest = Math.min(smallest, gradient.relative(difference, i, Math.ulp(above.terms) / step));
            }
            largest = Math.max(largest, smallest);
        }
        return largest;
    }

    /** A weighted sum of the outputs, and the sum of its terms' sizes, whose last digit is the rounding noise. */
    private record Loss(double value, double terms) {}

    private Loss loss() {
        double[] y = evaluation.train(layer, probe.x(), vectors);
        double[] dy = probe.outputGradient();
        double value = 0;
        double terms = 0;
        for (int i = 0; i < y.length; i++) {
            value += dy[i] * y[i];
            terms += Math.abs(dy[i] * y[i]);
        }
        return new Loss(value, terms);
    }
}
