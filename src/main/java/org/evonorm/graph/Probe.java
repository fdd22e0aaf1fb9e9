package org.evonorm.graph;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;

/**
 * A probe: fixed random inputs that tell functions apart, for the value key and the static filter. Values have both
 * signs, and their scale and location differ by sample and channel, so no two index sets give the same statistic; the
 * shape has two groups of channels. The sequence of {@link Random} is defined by the platform, so a probe is the same
 * everywhere.
 *
 * @param shape          [3, 2, 2, 16]
 * @param x              the input, in the order of {@link TensorShape}
 * @param vectors        trainable vectors with values of both signs
 * @param outputGradient a gradient with respect to the output, in the same order
 */
public record Probe(TensorShape shape, double[] x, ChannelVectors vectors, double[] outputGradient) {

    private static final TensorShape SHAPE = new TensorShape(3, 2, 2, 16);
    /** The scale of the second group of channels relative to the first. */
    private static final double SMALLER = 0.2;
    /** Scales of the samples: well below, near and above v0, v1 and 1, so that maxima take either operand. */
    private static final double[] SAMPLE_SCALES = {0.03, 0.6, 3};

    /** The probe of this seed: 3 samples of 2 × 2 positions and 16 channels. */
    public static Probe seeded(long seed) {
        Random random = new Random(seed);
        double[] x = gaussians(random, SHAPE.size(), 1);
        double[] scales = gaussians(random, SHAPE.batch() * SHAPE.channels(), 0.7);
        double[] locations = gaussians(random, SHAPE.batch() * SHAPE.channels(), 0.7);
        double[] channelLocations = gaussians(random, SHAPE.channels(), 1.5);
        int sampleSize = SHAPE.size() / SHAPE.batch();
        for (int i = 0; i < x.length; i++) {
            int channel = i % SHAPE.channels();
            int sampleChannel = i / sampleSize * SHAPE.channels() + channel;
            double spread =
                    x[i] * StrictMath.exp(scales[sampleChannel]) + locations[sampleChannel] + channelLocations[channel];
            x[i] = spread * SAMPLE_SCALES[i / sampleSize] * (2 * channel < SHAPE.channels() ? 1 : SMALLER);
        }
        double[] v0 = gaussians(random, SHAPE.channels(), 1.5);
        double[] v1 = gaussians(random, SHAPE.channels(), 1.5);
        for (int channel = 0; channel < SHAPE.channels() / 2; channel++) {
            v0[channel] *= SMALLER;
            v1[channel + SHAPE.channels() / 2] *= SMALLER;
        }
        ChannelVectors vectors = new ChannelVectors(
                v0, v1, gaussians(random, SHAPE.channels(), 1), gaussians(random, SHAPE.channels(), 1));
        return new Probe(SHAPE, x, vectors, gaussians(random, SHAPE.size(), 1));
    }

    /** The probe with all signs reversed: the larger of two odd functions on one probe is the smaller on the other. */
    public Probe mirrored() {
        return new Probe(
                shape,
                negated(x),
                new ChannelVectors(
                        negated(vectors.v0()),
                        negated(vectors.v1()),
                        negated(vectors.gamma()),
                        negated(vectors.beta())),
                negated(outputGradient));
    }

    private static double[] negated(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }

    private static double[] gaussians(Random random, int count, double deviation) {
        return DoubleStream.generate(random::nextGaussian)
                .limit(count)
                .map(z -> deviation * z)
                .toArray();
    }
}
