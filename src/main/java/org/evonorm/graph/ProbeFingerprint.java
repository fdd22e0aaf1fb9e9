package org.evonorm.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The value key of a layer: a hash of its outputs on fixed probes. Layers that compute the same function up to rounding
 * have equal keys though their graphs differ, as with x · x and square(x), and are trained once; layers that compute
 * different functions have different keys (docs/design.md, "Identity of a candidate").
 *
 * <p>The outputs y of the graph on a few fixed {@link Probe}s are compressed to sign(y) · ln(1 + |y| / 0.001), which
 * turns relative differences of large values and absolute differences of small values into absolute differences. A few
 * random projections of the compressed outputs are rounded and hashed. Relative differences of about 1e-9 change the
 * key.
 *
 * <p>Two errors remain. A rounding error of 1e-15 changes the key if a projection lies next to a rounding boundary,
 * about once in 100,000 pairs; then both layers are trained. And fewer than one random graph in 1,000 has the key of
 * another function because no probe shows the difference, as with a maximum that takes the same operand nearly
 * everywhere; most outputs of this kind depend on v0 and v1 alone.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class ProbeFingerprint {

    private static final long SEED = 2004_02967L;
    /** Number of probes, mirror images apart; more than one, since a function may take few values on a probe. */
    private static final int SEEDS = 2;

    private static final int PROJECTIONS = 3;
    /** Projections are rounded to multiples of this step. */
    private static final double STEP = 1e-8;
    /** Magnitude below which absolute differences count, and above which relative differences count. */
    private static final double SMALL = 1e-3;
    /** The compressed infinity, above the compressed form of every finite number. */
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
        // Probes have few channels, so that groups by another rule could be single channels there.
        Layer bare = layer.layer().withoutAffine().withGroups(GroupRule.DEFAULT);
        int position = 0;
        for (Probe probe : probes) {
            for (double value :
                    evaluation.train(bare, probe.x(), layer.vectors().fit(probe.vectors()))) {
                double compressed = compressed(value);
                for (int i = 0; i < PROJECTIONS; i++) {
                    sums[i] += projections[i][position] * compressed;
                }
                position++;
            }
        }
        StringBuilder rounded = new StringBuilder(layer.affine() ? "affine" : "plain");
        for (double sum : sums) {
            rounded.append(' ').append(Math.round(sum / STEP));
        }
        // Equal functions of other parameters, or from other starts, are trained apart.
        if (!layer.vectors().equals(TrainableVectors.PAPER)) {
            rounded.append(' ').append(layer.vectors().v0().text());
            rounded.append(' ').append(layer.vectors().v1().text());
        }
        if (!layer.groups().equals(GroupRule.DEFAULT)) {
            rounded.append(' ').append(layer.groups().text());
        }
        return CandidateIdentity.digest(rounded.toString());
    }

    private static double compressed(double value) {
        if (Double.isNaN(value)) {
            return NOT_A_NUMBER;
        }
        double magnitude = StrictMath.log1p(Math.abs(value) / SMALL);
        return Math.copySign(Math.min(magnitude, INFINITE), value);
    }
}
