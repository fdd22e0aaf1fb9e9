package org.evonorm.training;

import java.util.List;

/** The average of the states that partitions came to. */
public final class StateAverage {

    private StateAverage() {}

    /**
     * The mean of arrays of one length, value by value: summed in the order given and in double precision, so that it
     * does not depend on what came first, and is the state itself where there is one.
     */
    public static float[] of(List<float[]> states) {
        float[] average = new float[states.get(0).length];
        for (int i = 0; i < average.length; i++) {
            double sum = 0;
            for (float[] state : states) {
                sum += state[i];
            }
            average[i] = (float) (sum / states.size());
        }
        return average;
    }
}
