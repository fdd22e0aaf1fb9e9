package org.evonorm.rerank;

import java.util.List;

/**
 * Mean and deviation of an accuracy over several trainings.
 *
 * @param mean      arithmetic mean
 * @param deviation standard deviation of the sample (division by n − 1); NaN for a single value
 */
public record MeanAndDeviation(double mean, double deviation) {

    /** Mean and deviation of at least one value. */
    static MeanAndDeviation of(List<Double> values) {
        double mean = values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return new MeanAndDeviation(mean, Math.sqrt(squares / (values.size() - 1)));
    }
}
