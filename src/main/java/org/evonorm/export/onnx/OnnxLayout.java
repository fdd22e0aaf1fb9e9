package org.evonorm.export.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The dimensions of a model's input and output, by a letter each: N the samples, C the channels, and D, H, W or L the
 * space. An ONNX graph has a fixed number of dimensions, so the choice is made at the export.
 */
public enum OnnxLayout {
    /** Images, channels first. */
    NCHW,
    /** Images, channels last. */
    NHWC,
    /** Sequences, channels first. */
    NCL,
    /** Sequences of tokens, channels last. */
    NLC,
    /** Volumes, channels first. */
    NCDHW,
    /** Volumes, channels last. */
    NDHWC;

    /** The layout of this name, in capitals or not. */
    public static Optional<OnnxLayout> of(String name) {
        return Arrays.stream(values())
                .filter(layout -> layout.name().equalsIgnoreCase(name.strip()))
                .findFirst();
    }

    /** The names of all layouts with commas between them. */
    public static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }

    /** The number of dimensions. */
    public int rank() {
        return name().length();
    }

    /** The index of the channels' dimension. */
    public int channelAxis() {
        return name().indexOf('C');
    }

    /** The indices of the dimensions of space. */
    public List<Integer> spatialAxes() {
        return IntStream.range(1, rank())
                .filter(axis -> axis != channelAxis())
                .boxed()
                .toList();
    }

    /** The indices of all dimensions but the first. */
    List<Integer> axesOfSample() {
        return IntStream.range(1, rank()).boxed().toList();
    }

    /** The shape of one value per channel that broadcasts against the input: 1 in all dimensions but the channels'. */
    long[] channelShape(int channels) {
        long[] shape = new long[rank()];
        Arrays.fill(shape, 1);
        shape[channelAxis()] = channels;
        return shape;
    }
}
