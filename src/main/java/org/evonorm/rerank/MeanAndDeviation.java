package org.evonorm.rerank;

import java.util.List;

/**
 * What several trainings come to.
 *
 * @param deviation the sample's standard deviation (by n − 1); NaN of a single value
 */
public record MeanAndDeviation(double mean, double deviation) {

    /** Of at least one value. */
    static MeanAndDeviation of(List<Double> values) {
        double mean = values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return new MeanAndDeviation(mean, Math.sqrt(squares / (values.size() - 1)));
    }
}
