package org.evonorm.evolution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.junit.jupiter.api.Test;

class RandomSourceTest {

    @Test
    void everyCandidateHasItsOwnGenerator() {
        RandomSource source = new RandomSource(1);
        Set<Long> first = new HashSet<>();
        for (int generation = 0; generation < 100; generation++) {
            for (int index = 0; index < 1000; index++) {
                first.add(source.proposal(generation, index).nextLong());
            }
        }
        assertEquals(100_000, first.size());
    }

    @Test
    void firstDrawsOfNeighboursAreUniform() {
        long[] counts = new long[64];
        for (int index = 0; index < 64_000; index++) {
            counts[new RandomSource(9).proposal(3, index).nextInt(64)]++;
        }
        double[] expected = new double[64];
        Arrays.fill(expected, 1000);
        assertTrue(new ChiSquareTest().chiSquareTest(expected, counts) > 0.001);
    }

    @Test
    void aTrainingSeedDependsOnRunLayerNetworkAndPurpose() {
        RandomSource source = new RandomSource(1);
        long seed = source.training("abc", "resnet50");
        assertEquals(seed, new RandomSource(1).training("abc", "resnet50"));
        assertNotEquals(seed, new RandomSource(2).training("abc", "resnet50"));
        assertNotEquals(seed, source.training("abd", "resnet50"));
        assertNotEquals(seed, source.training("abc", "mobilenetv2"));
        assertNotEquals(seed, source.training("abcr", "esnet50"));
        assertNotEquals(source.qualityFilter("abc"), source.training("abc", ""));
    }

    @Test
    void rerankSeedsDependOnPurposeNetworkAndNumber() {
        RandomSource source = new RandomSource(1);
        Set<Long> seeds = new HashSet<>();
        for (RandomSource.Purpose purpose : RandomSource.Purpose.values()) {
            for (String network : new String[] {"resnet50", "mobilenetv2"}) {
                for (int number = 1; number <= 10; number++) {
                    seeds.add(source.rerank(purpose, network, number));
                }
            }
        }
        assertEquals(RandomSource.Purpose.values().length * 20, seeds.size());
    }

    /** Runs continue on later versions of the program only as long as these values stay. */
    @Test
    void seedsStayWhatTheyWere() {
        RandomSource source = new RandomSource(42);
        assertEquals(GOLDEN_TRAINING, source.training("0123456789abcdef", "resnet50"));
        assertEquals(GOLDEN_PROPOSAL, source.proposal(3, 17).nextLong());
        assertEquals(GOLDEN_QUALITY_FILTER, source.qualityFilter("0123456789abcdef"));
        assertEquals(GOLDEN_STABILITY_FILTER, source.stabilityFilter("0123456789abcdef"));
    }

    @Test
    void aFiltersSeedDependsOnRunLayerAndFilter() {
        Set<Long> seeds = new HashSet<>();
        for (long run = 0; run < 5; run++) {
            for (String id : new String[] {"abc", "abd", ""}) {
                seeds.add(new RandomSource(run).qualityFilter(id));
                seeds.add(new RandomSource(run).stabilityFilter(id));
            }
        }
        assertEquals(30, seeds.size());
    }

    private static final long GOLDEN_TRAINING = 4489277610184516760L;
    private static final long GOLDEN_QUALITY_FILTER = 3715496942142538967L;
    private static final long GOLDEN_STABILITY_FILTER = 8977649871799697727L;
    private static final long GOLDEN_PROPOSAL = -6923727578316024559L;
}
