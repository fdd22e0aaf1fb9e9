package org.evonorm.training;

import org.evonorm.engine.UpdateRule;

/**
 * A step of stochastic gradient descent with Nesterov momentum and weight decay, in the form that PyTorch has: with
 * gradient g, weights w and velocity v, g += decay · w, v = momentum · v + g, w −= rate · (g + momentum · v).
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
            float v = mu * velocity[i] + g;
            velocity[i] = v;
            weights[i] -= eta * (g + mu * v);
        }
    }
}
