package org.evonorm.training;

import java.util.List;

/** Parameter averaging of local SGD: the mean of the states of all partitions. */
public final class StateAverage {

    private StateAverage() {}

    /**
     * The elementwise mean of arrays of one length. Sums run in double precision and in the given order, so that the
     * mean does not depend on which partition ended first; the mean of one state is the state itself.
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
