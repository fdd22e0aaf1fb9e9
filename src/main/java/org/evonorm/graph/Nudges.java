package org.evonorm.graph;

import java.util.random.RandomGenerator;

/**
 * Random relative changes, as large as those of rounding, to every value of an evaluation (Monte Carlo arithmetic,
 * Parker, 1997). What they change a result by tells how much of it rounding may spoil: little of most results, and all
 * of a result whose terms cancel.
 *
 * @param size largest relative change, for example 2⁻²⁴ for rounding to float32
 */
public record Nudges(RandomGenerator random, double size) {

    void apply(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= 1 + size * (2 * random.nextDouble() - 1);
        }
    }
}
