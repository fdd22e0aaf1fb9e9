package org.evonorm.training;

import org.evonorm.engine.UpdateRule;

/**
 * A step of stochastic gradient descent with Nesterov momentum and weight decay, in the form that PyTorch has: with the
 * gradient g, decayed weights w and the momentum m, g += decay · w, m = momentum · m + g, w −= rate · (g + momentum · m).
 *
 * @param rate of this step
 */
public record NesterovSgd(float rate, float momentum, float weightDecay) implements UpdateRule {

    @Override
    public void apply(float[] weights, float[] gradient, float[] velocity, int count, boolean decayed) {
        // Locals and one branch-free loop, which the compiler turns into vector instructions.
        float eta = rate;
        float mu = momentum;
        float decay = decayed ? weightDecay : 0;
        for (int i = 0; i < count; i++) {
            float g = gradient[i] + decay * weights[i];
            float m = mu * velocity[i] + g;
            velocity[i] = m;
            weights[i] -= eta * (g + mu * m);
        }
    }
}
