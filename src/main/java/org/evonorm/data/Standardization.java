package org.evonorm.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The standardization of pixels: per channel, subtraction of the mean and division by the standard deviation
 * (docs/design.md, "Training rules"). The constructor throws IllegalArgumentException for values that are not finite
 * and for deviations that are not above 0.
 *
 * @param mean      mean of bytes (0 to 255) per channel, [3]
 * @param deviation standard deviation of bytes per channel, [3]
 */
public record Standardization(List<Double> mean, List<Double> deviation) implements Serializable {

    /** Number of values of a byte. */
    static final int BYTE_VALUES = 256;

    public Standardization {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != Images.CHANNELS
                || deviation.size() != Images.CHANNELS
                || !mean.stream().allMatch(Double::isFinite)
                || !deviation.stream().allMatch(value -> Double.isFinite(value) && value > 0)) {
            throw new IllegalArgumentException("standardization needs " + Images.CHANNELS
                    + " finite means and as many deviations above 0, not " + mean + " and " + deviation);
        }
    }

    /**
     * The standardization by the mean and population deviation of each channel over all pixels of {@code images}.
     *
     * @throws IllegalArgumentException if there is no image, or if a channel has the same value everywhere
     */
    public static Standardization of(Images images) {
        return PixelFacts.of(images).standardization(images.count());
    }

    /** As {@link #of(Images)}, from the number of pixels per channel and byte, [3][256], of {@code images} images. */
    static Standardization of(long[][] counts, int images) {
        if (images == 0) {
            throw new IllegalArgumentException("no images to take a mean and deviation of; give at least one");
        }
        List<Double> mean = new ArrayList<>();
        List<Double> deviation = new ArrayList<>();
        for (int channel = 0; channel < Images.CHANNELS; channel++) {
            double channelMean = mean(counts[channel]);
            double channelDeviation = deviation(counts[channel], channelMean);
            if (channelDeviation == 0) {
                throw new IllegalArgumentException("channel " + channel + " is " + channelMean + " in all pixels of"
                        + " all " + images + " images, so it cannot be standardized; give images that differ");
            }
            mean.add(channelMean);
            deviation.add(channelDeviation);
        }
        return new Standardization(mean, deviation);
    }

    /** The standardized value of each byte per channel, [3 · 256], at index {@code channel · 256 + byte}. */
    float[] table() {
        float[] table = new float[Images.CHANNELS * BYTE_VALUES];
        for (int i = 0; i < table.length; i++) {
            int channel = i / BYTE_VALUES;
            table[i] = (float) ((i % BYTE_VALUES - mean.get(channel)) / deviation.get(channel));
        }
        return table;
    }

    private static double mean(long[] counts) {
        double sum = 0;
        long total = 0;
        for (int value = 0; value < counts.length; value++) {
            sum += (double) value * counts[value];
            total += counts[value];
        }
        return sum / total;
    }

    private static double deviation(long[] counts, double mean) {
        double sum = 0;
        long total = 0;
        for (int value = 0; value < counts.length; value++) {
            sum += (value - mean) * (value - mean) * counts[value];
            total += counts[value];
        }
        return Math.sqrt(sum / total);
    }
}
