package org.evonorm.evolution;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * The source of all seeds of a run. A seed depends on the seed of the run, on a purpose and on the thing chosen for,
 * and on nothing else, so that neither the order of tasks nor the number of machines changes a result (docs/design.md,
 * "Determinism").
 *
 * @param runSeed the setting {@code search.seed}
 */
public record RandomSource(long runSeed) implements Serializable {

    /** The purpose of a seed. Seeds are hashes of the names, so another name changes the results of every run. */
    public enum Purpose {
        PROPOSAL,
        SIGNAL_FILTER,
        STABILITY_FILTER,
        QUALITY_FILTER,
        TRAINING,
        RERANK_VALIDATION,
        RERANK_TEST,
        CALIBRATION_RUNG,
        CALIBRATION_REFERENCE,
        CALIBRATION_LAYERS,
        CALIBRATION_BOOTSTRAP
    }

    /** The generator for drawing candidate {@code index} of {@code generation}. */
    public SplittableRandom proposal(int generation, int index) {
        return new SplittableRandom(seed(Purpose.PROPOSAL, Integer.toString(generation), Integer.toString(index)));
    }

    /** The seed of a candidate's training in a network, the same on every machine and in every generation. */
    public long training(String candidateId, String network) {
        return seed(Purpose.TRAINING, candidateId, network);
    }

    /** The seed of a candidate's test in the signal filter. */
    public long signalFilter(String candidateId) {
        return seed(Purpose.SIGNAL_FILTER, candidateId);
    }

    /** The seed of a candidate's test in the stability filter. */
    public long stabilityFilter(String candidateId) {
        return seed(Purpose.STABILITY_FILTER, candidateId);
    }

    /** The seed of a candidate's short trainings in the quality filter. */
    public long qualityFilter(String candidateId) {
        return seed(Purpose.QUALITY_FILTER, candidateId);
    }

    /**
     * The seed of the {@code number}-th training in a network of a rerank; the same for all layers, so that layers
     * differ in nothing else.
     *
     * @param purpose {@link Purpose#RERANK_VALIDATION} or {@link Purpose#RERANK_TEST}
     */
    public long rerank(Purpose purpose, String network, int number) {
        return seed(purpose, network, Integer.toString(number));
    }

    /**
     * The seed of a layer's {@code number}-th training in a network of a calibration: the same in every rung, and
     * another one in the reference, so that a rung and the reference share no luck.
     *
     * @param purpose {@link Purpose#CALIBRATION_RUNG} or {@link Purpose#CALIBRATION_REFERENCE}
     */
    public long calibration(Purpose purpose, String layerId, String network, int number) {
        return seed(purpose, layerId, network, Integer.toString(number));
    }

    /**
     * The generator of a calibration's draws.
     *
     * @param purpose {@link Purpose#CALIBRATION_LAYERS} or {@link Purpose#CALIBRATION_BOOTSTRAP}
     */
    public SplittableRandom calibrationDraws(Purpose purpose) {
        return new SplittableRandom(seed(purpose));
    }

    /** FNV-1a over the parts, each ended by 0xff, which UTF-8 never has, then mixed to spread over all 64 bits. */
    private long seed(Purpose purpose, String... parts) {
        long hash = mixed(runSeed) ^ 0xcbf29ce484222325L;
        hash = hashed(hash, purpose.name());
        for (String part : parts) {
            hash = hashed(hash, part);
        }
        return mixed(hash);
    }

    private static long hashed(long hash, String part) {
        long result = hash;
        for (byte value : part.getBytes(StandardCharsets.UTF_8)) {
            result = (result ^ (value & 0xff)) * 0x100000001b3L;
        }
        return (result ^ 0xff) * 0x100000001b3L;
    }

    /** The finalizer of SplitMix64 (Stafford's variant 13). */
    private static long mixed(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
