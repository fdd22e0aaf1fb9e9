package org.evonorm.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LearningRateTest {

    @Test
    void risesLinearlyAndThenStays() {
        LearningRate rate = new LearningRate(0.1, RateDecay.CONSTANT, 50, 300);
        assertEquals(0.002, rate.at(0), 1e-15);
        assertEquals(0.05, rate.at(24), 1e-15);
        assertEquals(0.1, rate.at(49), 1e-15);
        assertEquals(0.1, rate.at(50));
        assertEquals(0.1, rate.at(299));
    }

    @Test
    void startsAtThePeakWithoutWarmUp() {
        assertEquals(0.3, new LearningRate(0.3, RateDecay.CONSTANT, 0, 10).at(0));
        assertEquals(0.3, new LearningRate(0.3, RateDecay.COSINE, 0, 10).at(0));
    }

    @Test
    void fallsAlongHalfACosineOverAllSteps() {
        LearningRate rate = new LearningRate(0.1, RateDecay.COSINE, 10, 1000);
        assertEquals(0.1, rate.at(9), 1e-15);
        assertEquals(0.1 * (1 + Math.sqrt(0.5)) / 2, rate.at(250), 1e-15);
        assertEquals(0.05, rate.at(500), 1e-15);
        for (int step = 10; step < 999; step++) {
            assertTrue(rate.at(step + 1) < rate.at(step), "step " + step);
        }
        assertTrue(rate.at(999) > 0 && rate.at(999) < 1e-6);
    }

    @Test
    void warmUpMayOutlastTheTraining() {
        LearningRate rate = new LearningRate(1, RateDecay.COSINE, 100, 10);
        assertEquals(0.1, rate.at(9), 1e-15);
    }
}
