package org.evonorm.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A key for the function that a layer computes. Layers that compute the same function, up to rounding, share their key
 * though their graphs differ, as x · x and square(x) do; a layer with another function has another.
 *
 * <p>The graph's outputs y on a few fixed {@link Probe}s are taken to sign(y) · ln(1 + |y| / 0.001), which turns
 * relative differences of large values and absolute differences of small ones into absolute ones; a few random
 * projections of these are rounded and put together. Relative differences of about 1e-9 change the key. Rounding
 * errors of 1e-15 change it too where a projection lies next to a rounding boundary, about once in 100,000 pairs,
 * which then are trained both. In the other direction, fewer than one random graph in 1,000 share the key of another
 * function because no probe shows the difference, as with a maximum that one operand nearly always wins; most of
 * these outputs depend on v0 and v1 alone. Not safe for use by several threads at once.
 */
public final class ProbeFingerprint {

    private static final long SEED = 2004_02967L;
    /** More than one, mirrored ones included, since a function may take very few values on each. */
    private static final int SEEDS = 2;

    private static final int PROJECTIONS = 3;
    private static final double STEP = 1e-8;
    /** Values below this in size are compared by absolute differences, larger ones by relative differences. */
    private static final double SMALL = 1e-3;
    /** Above the logarithm of every number; numbers over 1e305 count as infinite too. */
    private static final double INFINITE = 1000;

    private static final double NOT_A_NUMBER = 2000;

    private final List<Probe> probes = LongStream.range(SEED, SEED + SEEDS)
            .mapToObj(Probe::seeded)
            .flatMap(probe -> Stream.of(probe, probe.mirrored()))
            .toList();
    private final ReferenceEvaluation evaluation =
            new ReferenceEvaluation(probes.get(0).shape());
    private final double[][] projections =
            new double[PROJECTIONS][probes.size() * probes.get(0).shape().size()];

    /** Prepares the probes. */
    public ProbeFingerprint() {
        Random random = new Random(SEED + SEEDS);
        for (double[] projection : projections) {
            Arrays.setAll(projection, i -> 2 * random.nextDouble() - 1);
        }
    }

    /** The key of the function that {@code layer} computes in training mode: 16 hexadecimal digits. */
    public String key(CanonicalLayer layer) {
        double[] sums = new double[PROJECTIONS];
        Layer bare = new Layer(layer.graph(), false);
        int place = 0;
        for (Probe probe : probes) {
            for (double value : evaluation.train(bare, probe.x(), probe.vectors())) {
                double compressed = compressed(value);
                for (int i = 0; i < PROJECTIONS; i++) {
                    sums[i] += projections[i][place] * compressed;
                }
                place++;
            }
        }
        StringBuilder rounded = new StringBuilder(layer.affine() ? "affine" : "plain");
        for (double sum : sums) {
            rounded.append(' ').append(Math.round(sum / STEP));
        }
        return CandidateIdentity.digest(rounded.toString());
    }

    private static double compressed(double value) {
        if (Double.isNaN(value)) {
            return NOT_A_NUMBER;
        }
        double size = StrictMath.log1p(Math.abs(value) / SMALL);
        return Math.copySign(Math.min(size, INFINITE), value);
    }
}
