package org.evonorm.data;

/**
 * A mini-batch of standardized images with their labels, the input of one training or evaluation step.
 *
 * @param count  number of images
 * @param pixels standardized values, [count, height, width, 3] (NHWC); the array may be longer
 * @param labels class numbers, [count]; the array may be longer
 */
public record Batch(int count, int height, int width, float[] pixels, int[] labels) {}
