package org.evonorm.calibration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopQuarterTest {

    private static final double[] EIGHT = {1, 2, 3, 4, 5, 6, 7, 8};

    @Test
    void handMadeCases() {
        assertEquals(1, TopQuarter.kept(EIGHT, EIGHT));
        assertEquals(0, TopQuarter.kept(new double[] {8, 7, 6, 5, 4, 3, 2, 1}, EIGHT));
        assertEquals(0.5, TopQuarter.kept(new double[] {9, 2, 3, 4, 5, 6, 7, 8}, EIGHT));
        assertTrue(Double.isNaN(TopQuarter.kept(new double[] {1, 2, 3}, new double[] {1, 2, 3})));
    }

    @Test
    void layersThatTieShareTheLastPlaces() {
        assertArrayEquals(
                new double[] {0, 0, 0.25, 0.25, 0.25, 0.25, 0, 1},
                TopQuarter.shares(new double[] {1, 2, 5, 5, 5, 5, 0, 7}));
        // Where all layers tie, a quarter is kept, as by chance.
        assertEquals(0.25, TopQuarter.kept(new double[8], EIGHT));
    }

    /** The mean share over many draws of lots between ties. */
    private static double byLots(double[] rung, double[] reference, Random random) {
        int size = Math.round(rung.length / 4f);
        int draws = 4000;
        double kept = 0;
        for (int i = 0; i < draws; i++) {
            Set<Integer> both = top(rung, size, random);
            both.retainAll(top(reference, size, random));
            kept += both.size() / (double) size;
        }
        return kept / draws;
    }

    private static Set<Integer> top(double[] accuracies, int size, Random random) {
        List<Integer> layers =
                new ArrayList<>(IntStream.range(0, accuracies.length).boxed().toList());
        Collections.shuffle(layers, random);
        layers.sort(Comparator.comparingDouble((Integer layer) -> -accuracies[layer]));
        return new HashSet<>(layers.subList(0, size));
    }

    @Test
    void sharesAreThoseOfLots() {
        Random random = new Random(3);
        for (int i = 0; i < 20; i++) {
            int count = 4 + random.nextInt(20);
            double[] rung = random.ints(count, 0, 4).asDoubleStream().toArray();
            double[] reference = random.ints(count, 0, 6).asDoubleStream().toArray();
            assertEquals(
                    Math.round(count / 4f),
                    DoubleStream.of(TopQuarter.shares(rung)).sum(),
                    1e-12);
            assertEquals(byLots(rung, reference, random), TopQuarter.kept(rung, reference), 0.04);
        }
    }
}
