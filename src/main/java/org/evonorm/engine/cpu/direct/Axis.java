package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One axis, vertical or horizontal, of a sum over taps: {@code to[start + q · stride] = Σ from[q · step + first + t] ·
 * weight[weightFirst + t · weightStep]} over the taps t that read inside the tensor. A forward convolution is one such
 * sum. A data gradient of stride s is s of them, one per remainder of the position that is written.
 *
 * @param count       number of positions q
 * @param start       first position that is written
 * @param stride      distance of positions that are written
 * @param inputs      number of positions that can be read
 * @param step        distance of the first taps of neighbouring q
 * @param first       position of the first tap of q = 0, negative in the padding
 * @param taps        number of taps, possibly 0
 * @param weightFirst position in the kernel of the first tap
 * @param weightStep  distance in the kernel of neighbouring taps
 */
record Axis(
        int count, int start, int stride, int inputs, int step, int first, int taps, int weightFirst, int weightStep) {

    /**
     * The axis of a forward convolution.
     *
     * @param padding pixels before the first input
     */
    static Axis forward(int inputs, int outputs, int kernel, int stride, int padding) {
        return new Axis(outputs, 0, 1, inputs, stride, -padding, kernel, 0, 1);
    }

    /** The axes of a convolution's data gradient; together they write all {@code inputs} positions of the input. */
    static List<Axis> dataGradient(int inputs, int outputs, int kernel, int stride, int padding) {
        List<Axis> axes = new ArrayList<>();
        for (int start = 0; start < Math.min(stride, inputs); start++) {
            // Input position start + q · stride takes part in output q + (start + padding − k) / stride, where k leaves
            // no remainder; the largest k has the first output.
            int remainder = (start + padding) % stride;
            int taps = remainder < kernel ? (kernel - 1 - remainder) / stride + 1 : 0;
            int last = remainder + (taps - 1) * stride;
            axes.add(new Axis(
                    (inputs - start + stride - 1) / stride,
                    start,
                    stride,
                    outputs,
                    1,
                    (start + padding - last) / stride,
                    taps,
                    last,
                    -stride));
        }
        return axes;
    }

    /** The first tap of q that reads inside the tensor. */
    int from(int q) {
        return Math.max(0, -(q * step + first));
    }

    /** The tap after the last one of q that reads inside the tensor. */
    int to(int q) {
        return Math.min(taps, inputs - (q * step + first));
    }

    /** Whether all taps of q read inside the tensor. */
    boolean isInside(int q) {
        return taps == 0 || (from(q) == 0 && to(q) == taps);
    }

    /** Whether all taps of all q read inside the tensor. */
    boolean isInside() {
        return isInside(0) && isInside(count - 1);
    }

    /** A tap of an output pixel, numbered from the first pixel of its tile. */
    record Reader(int pixel, int tap) {}

    /** By position, from the first tap of {@code q} on, the taps of {@code count} pixels from q on that read it. */
    SortedMap<Integer, List<Reader>> readers(int q, int count) {
        SortedMap<Integer, List<Reader>> readers = new TreeMap<>();
        for (int pixel = 0; pixel < count; pixel++) {
            for (int tap = from(q + pixel); tap < to(q + pixel); tap++) {
                readers.computeIfAbsent(pixel * step + tap, none -> new ArrayList<>())
                        .add(new Reader(pixel, tap));
            }
        }
        return readers;
    }
}
