package org.evonorm.rejection;

import java.util.concurrent.CancellationException;
import org.evonorm.data.Batch;
import org.evonorm.engine.CentralDifference;
import org.evonorm.engine.Model;

/**
 * Gradient ascent on the norm of the gradient (paper, section 3.3), for the stability filter: moves a model's weights
 * along {@code d‖g‖/dθ = H·g / ‖g‖}, where g is the gradient of the loss on one batch by all trainable parameters θ,
 * and H the Hessian. Each step has the same length, a share of the norm of the initial weights.
 */
final class GradientNormAscent {

    private final Model model;
    private final Batch batch;
    private final StabilitySettings settings;

    GradientNormAscent(Model model, Batch batch, StabilitySettings settings) {
        this.model = model;
        this.batch = batch;
        this.settings = settings;
    }

    /**
     * Takes steps until the norm passes the limit or is not finite, the ascent direction is zero, or all steps are
     * taken.
     *
     * @return steps taken, and the highest norm on the way
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    StabilityTest.Taken run() {
        float[] parameters = model.parameters();
        double distance = settings.stepSize() * CentralDifference.norm(parameters);
        double highest = 0;
        for (int step = 0; ; step++) {
            throwIfInterrupted(step);
            model.lossAndGradient(batch);
            float[] gradient = model.gradient();
            double norm = CentralDifference.norm(gradient);
            // As Math.max, and NaN stays.
            highest = norm <= highest ? highest : norm;
            if (!isStable(highest, settings) || step == settings.steps() || norm == 0) {
                return new StabilityTest.Taken(step, highest);
            }
            float[] ascent = model.hessianProduct(batch, unit(gradient, norm));
            double slope = CentralDifference.norm(ascent);
            if (!Double.isFinite(slope)) {
                // The gradient is not finite at one of the two points of the central difference, which lie a millionth
                // of the weights' norm away.
                return new StabilityTest.Taken(step, Double.POSITIVE_INFINITY);
            }
            if (slope == 0) {
                return new StabilityTest.Taken(step, highest);
            }
            parameters = CentralDifference.moved(parameters, ascent, distance / slope);
            model.setParameters(parameters);
        }
    }

    private static float[] unit(float[] vector, double norm) {
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / norm);
        }
        return unit;
    }

    /** Whether a norm of the gradient is finite and within the limit. */
    static boolean isStable(double norm, StabilitySettings settings) {
        return norm <= settings.limit() && Double.isFinite(norm);
    }

    private void throwIfInterrupted(int step) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException(
                    "the stability test was interrupted after " + step + " of " + settings.steps() + " steps");
        }
    }
}
