package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

/** Against Commons Math, an independent implementation by the incomplete gamma function. */
class ErrorFunctionTest {

    @Test
    void valuesOfAllMagnitudesAreThoseOfAnotherImplementation() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            double a = (random.nextBoolean() ? 1 : -1) * Math.pow(10, random.nextDouble(-300, 3));
            double near = random.nextDouble(-7, 7);
            for (double each : new double[] {a, near}) {
                // Commons Math gives 0 below 1e-150.
                double expected = Math.abs(each) < 1e-9 ? 2 / Math.sqrt(Math.PI) * each : Erf.erf(each);
                assertEquals(expected, ErrorFunction.value(each), 1e-13 * Math.abs(expected), "erf " + each);
                assertEquals(-ErrorFunction.value(each), ErrorFunction.value(-each));
                assertTrue(Math.abs(ErrorFunction.value(each)) <= 1);
            }
        }
    }

    @Test
    void theSlopeIsTheDifferenceOfValues() {
        for (double a = -5.5; a <= 5.5; a += 0.01) {
            double step = 1e-5;
            double difference = (ErrorFunction.value(a + step) - ErrorFunction.value(a - step)) / (2 * step);
            assertEquals(difference, ErrorFunction.derivative(a), 1e-9);
        }
    }

    /** Where the series ends and the continued fraction begins, and where erf is 1. */
    @Test
    void thePartsMeet() {
        for (double seam : new double[] {2.5, 6}) {
            assertEquals(ErrorFunction.value(Math.nextDown(seam)), ErrorFunction.value(seam), 1e-15, "at " + seam);
        }
    }

    @Test
    void hostileArguments() {
        assertEquals(Double.NaN, ErrorFunction.value(Double.NaN));
        assertEquals(Double.NaN, ErrorFunction.derivative(Double.NaN));
        assertEquals(1, ErrorFunction.value(Double.POSITIVE_INFINITY));
        assertEquals(-1, ErrorFunction.value(Double.NEGATIVE_INFINITY));
        assertEquals(0, ErrorFunction.derivative(Double.NEGATIVE_INFINITY));
        assertEquals(0.0, ErrorFunction.value(0.0));
        assertEquals(-0.0, ErrorFunction.value(-0.0));
        assertEquals(Double.MIN_VALUE, ErrorFunction.value(Double.MIN_VALUE));
    }
}
