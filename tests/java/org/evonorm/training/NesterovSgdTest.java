package org.evonorm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NesterovSgdTest {

    /**
     * Values of torch.optim.SGD(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01), w = 1, gradients 0.5, −0.25,
     * 2.
     */
    @Test
    void givesTheStepsOfPyTorch() {
        float[] weights = {1};
        float[] velocity = {0};
        double[] expected = {0.9031, 0.90757411, 0.508189208191};
        float[] gradients = {0.5f, -0.25f, 2};
        for (int step = 0; step < 3; step++) {
            new NesterovSgd(0.1f, 0.9f, 0.01f).apply(weights, new float[] {gradients[step]}, velocity, 1, true);
            assertEquals(expected[step], weights[0], 1e-6, "step " + step);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void followsAnOptimizerInDoublePrecision(boolean decayed) {
        SplittableRandom random = new SplittableRandom(1);
        int count = 1003;
        float[] weights = new float[count];
        double[] exactWeights = new double[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) random.nextGaussian();
            exactWeights[i] = weights[i];
        }
        float[] velocity = new float[count];
        double[] exactVelocity = new double[count];
        for (int step = 0; step < 20; step++) {
            double rate = 0.1 / (step + 1);
            float[] gradient = new float[count];
            for (int i = 0; i < count; i++) {
                gradient[i] = (float) random.nextGaussian();
                double g = gradient[i] + (decayed ? 1e-2 * exactWeights[i] : 0);
                exactVelocity[i] = 0.9 * exactVelocity[i] + g;
                exactWeights[i] -= rate * (g + 0.9 * exactVelocity[i]);
            }
            float[] before = gradient.clone();
            new NesterovSgd((float) rate, 0.9f, 1e-2f).apply(weights, gradient, velocity, count, decayed);
            assertArrayEquals(before, gradient);
        }
        for (int i = 0; i < count; i++) {
            assertEquals(exactWeights[i], weights[i], 1e-5 * (1 + Math.abs(exactWeights[i])));
            assertEquals(exactVelocity[i], velocity[i], 1e-5 * (1 + Math.abs(exactVelocity[i])));
        }
    }

    @Test
    void leavesWhatLiesBeyondTheCount() {
        float[] weights = {1, 1, 1};
        float[] velocity = {0, 0, 5};
        new NesterovSgd(1, 0.5f, 0).apply(weights, new float[] {1, 1, 1}, velocity, 2, false);
        assertArrayEquals(new float[] {-0.5f, -0.5f, 1}, weights);
        assertArrayEquals(new float[] {1, 1, 5}, velocity);
    }
}
