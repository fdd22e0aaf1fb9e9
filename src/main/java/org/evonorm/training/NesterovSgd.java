package org.evonorm.training;

import org.evonorm.engine.UpdateRule;

/**
 * The update rule of stochastic gradient descent with Nesterov momentum and weight decay, in PyTorch's form: with
 * gradient g, weights w and velocity v, g += decay · w, v = momentum · v + g, w −= rate · (g + momentum · v)
 * (docs/design.md, "Training rules").
 *
 * @param rate        learning rate of this step
 * @param momentum    share of the velocity that a step keeps
 * @param weightDecay factor of the weights in the gradient, for decayed parameters alone
 */
public record NesterovSgd(float rate, float momentum, float weightDecay) implements UpdateRule {

    @Override
    public void apply(float[] weights, float[] gradient, float[] velocity, int count, boolean decayed) {
        // Locals and one branch-free loop, so that the JIT compiler emits vector instructions.
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
