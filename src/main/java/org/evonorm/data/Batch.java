package org.evonorm.data;

/**
 * Images as a network takes them.
 *
 * @param pixels standardized values, NHWC, at least count · height · width · 3 of them
 * @param labels at least {@code count} class numbers
 */
public record Batch(int count, int height, int width, float[] pixels, int[] labels) {}
