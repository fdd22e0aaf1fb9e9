package org.evonorm.network.onnx.layout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The order in which a tensor holds activations of an operator.
 *
 * @param dimensions   by dimension of the tensor, the parts of axes that it runs through, the slowest first; a dimension
 *                     of size 1 may have none
 * @param firstChannel the first channel that the tensor holds, where it holds some of them alone
 */
public record Layout(List<List<Part>> dimensions, int firstChannel) {

    public Layout {
        dimensions = dimensions.stream().map(Layout::joined).toList();
    }

    private static List<Part> joined(List<Part> parts) {
        List<Part> joined = new ArrayList<>();
        for (Part part : parts) {
            int last = joined.size() - 1;
            if (last >= 0 && joined.get(last).joins(part)) {
                joined.set(last, joined.get(last).join(part));
            } else {
                joined.add(part);
            }
        }
        return List.copyOf(joined);
    }

    /** Images [B, C, H, W]. A single sample has no part, since it may lie in any dimension. */
    public static Layout images(int samples, int channels, int height, int width) {
        return new Layout(
                List.of(
                        samples == 1 ? List.of() : List.of(Part.whole(Axis.SAMPLE, samples)),
                        List.of(Part.whole(Axis.CHANNEL, channels)),
                        List.of(Part.whole(Axis.ROW, height)),
                        List.of(Part.whole(Axis.COLUMN, width))),
                0);
    }

    /** The sizes of the dimensions. */
    public List<Long> sizes() {
        return dimensions.stream().map(Layout::size).toList();
    }

    private static long size(List<Part> parts) {
        return parts.stream().mapToLong(Part::size).reduce(1, (a, b) -> a * b);
    }

    public int rank() {
        return dimensions.size();
    }

    /** The number of indices of an axis in this tensor; 1 without any. */
    public int size(Axis axis) {
        return (int) dimensions.stream()
                .flatMap(List::stream)
                .filter(part -> part.axis() == axis)
                .mapToLong(Part::size)
                .reduce(1, (a, b) -> a * b);
    }

    /** Whether a dimension runs through a whole axis of this size, and through nothing else. */
    public boolean isWhole(int dimension, Axis axis, int size) {
        return firstChannel == 0 && dimensions.get(dimension).equals(List.of(Part.whole(axis, size)));
    }

    /** Whether a dimension runs through one axis of pixels or tokens, or all of them, in their order. */
    public boolean isOfAllPixels(int dimension) {
        boolean elsewhere = IntStream.range(0, rank())
                .filter(other -> other != dimension)
                .mapToObj(dimensions::get)
                .flatMap(List::stream)
                .anyMatch(part -> part.axis().isOfPixels() && part.size() > 1);
        List<Part> parts = dimensions.get(dimension);
        List<Axis> axes = parts.stream().map(Part::axis).toList();
        return !elsewhere
                && !parts.isEmpty()
                && parts.stream().allMatch(part -> part.axis().isOfPixels() && part.stride() == 1)
                && axes.stream().sorted().distinct().toList().equals(axes);
    }

    /** Whether a dimension runs through pixels or tokens, and perhaps through other axes. */
    public boolean isOfPixels(int dimension) {
        return dimensions.get(dimension).stream().anyMatch(part -> part.axis().isOfPixels());
    }

    /** Whether a dimension runs through pixels or tokens alone, or through nothing. */
    public boolean isOfPixelsAlone(int dimension) {
        return dimensions.get(dimension).stream().allMatch(part -> part.axis().isOfPixels());
    }

    /** Whether a dimension runs through channels and pixels. */
    public boolean mixesPixelsAndChannels() {
        return dimensions.stream()
                .anyMatch(parts -> parts.stream().anyMatch(part -> part.axis().isOfPixels())
                        && parts.stream().anyMatch(part -> part.axis() == Axis.CHANNEL));
    }

    /** Whether the dimensions of another tensor are in the same order, with as many channels; their pixels may differ. */
    public boolean isOrderedAs(Layout other) {
        return withOnePixel().equals(other.withOnePixel());
    }

    private Layout withOnePixel() {
        return new Layout(
                dimensions.stream()
                        .map(parts -> parts.stream()
                                .map(part -> part.axis().isOfPixels() ? new Part(part.axis(), 1, part.stride()) : part)
                                .toList())
                        .toList(),
                firstChannel);
    }

    /** This layout with another number of channels in the dimension of the channels. */
    public Layout withChannels(int dimension, int channels) {
        return with(dimension, List.of(Part.whole(Axis.CHANNEL, channels)));
    }

    /** This layout with tokens, whose number may be another one, in the dimension of all pixels. */
    public Layout withTokens(int dimension, int tokens) {
        return with(dimension, List.of(Part.whole(Axis.TOKEN, tokens)));
    }

    /** This layout with other channels, from the first one on. */
    public Layout fromChannel(int first) {
        return new Layout(dimensions, first);
    }

    private Layout with(int dimension, List<Part> parts) {
        List<List<Part>> changed = new ArrayList<>(dimensions);
        changed.set(dimension, parts);
        return new Layout(changed, firstChannel);
    }

    /** This layout after a mean over all pixels, which leaves dimensions of size 1. */
    public Layout withoutPixels() {
        return new Layout(
                dimensions.stream()
                        .map(parts -> parts.stream()
                                .filter(part -> !part.axis().isOfPixels())
                                .toList())
                        .toList(),
                firstChannel);
    }

    /** The dimensions in another order; absent if {@code order} is none. */
    public Optional<Layout> transposed(List<Integer> order) {
        List<Integer> sorted = new ArrayList<>(order);
        Collections.sort(sorted);
        for (int i = 0; i < sorted.size(); i++) {
            if (sorted.get(i) != i) {
                return Optional.empty();
            }
        }
        return order.size() == rank()
                ? Optional.of(new Layout(order.stream().map(dimensions::get).toList(), firstChannel))
                : Optional.empty();
    }

    /** The same values in dimensions of other sizes; absent where they cut parts that no factor divides. */
    public Optional<Layout> reshaped(List<Long> sizes) {
        Deque<Part> rest = new ArrayDeque<>();
        dimensions.forEach(rest::addAll);
        List<List<Part>> reshaped = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            Optional<List<Part>> parts = take(rest, sizes.get(i));
            if (parts.isEmpty()) {
                return Optional.empty();
            }
            // Parts of size 1 fit anywhere, and must not get lost: other images have more pixels.
            boolean nextIsOne = i + 1 < sizes.size() && sizes.get(i + 1) == 1;
            while (!nextIsOne && !rest.isEmpty() && rest.getFirst().size() == 1) {
                parts.get().add(rest.removeFirst());
            }
            reshaped.add(parts.get());
        }
        return rest.isEmpty() ? Optional.of(new Layout(reshaped, firstChannel)) : Optional.empty();
    }

    private static Optional<List<Part>> take(Deque<Part> rest, long size) {
        List<Part> taken = new ArrayList<>();
        if (size == 1 && !rest.isEmpty() && rest.getFirst().size() == 1) {
            taken.add(rest.removeFirst());
        }
        long left = size;
        while (left > 1) {
            if (rest.isEmpty()) {
                return Optional.empty();
            }
            Part part = rest.removeFirst();
            if (left % part.size() == 0) {
                taken.add(part);
                left /= part.size();
            } else if (part.size() % left == 0) {
                int faster = (int) (part.size() / left);
                taken.add(new Part(part.axis(), (int) left, part.stride() * faster));
                rest.addFirst(new Part(part.axis(), faster, part.stride()));
                left = 1;
            } else {
                return Optional.empty();
            }
        }
        return left == 1 ? Optional.of(taken) : Optional.empty();
    }

    /** Without some dimensions of size 1; absent if one has another size. */
    public Optional<Layout> squeezed(Set<Integer> removed) {
        List<List<Part>> kept = new ArrayList<>();
        for (int i = 0; i < rank(); i++) {
            if (!removed.contains(i)) {
                kept.add(dimensions.get(i));
            } else if (dimensions.get(i).stream().anyMatch(part -> part.size() > 1 || part.axis() != Axis.CHANNEL)) {
                return Optional.empty();
            }
        }
        return Optional.of(new Layout(kept, firstChannel));
    }

    /** With dimensions of size 1 at these positions of the new layout. */
    public Layout unsqueezed(Set<Integer> added) {
        Deque<List<Part>> rest = new ArrayDeque<>(dimensions);
        List<List<Part>> all = new ArrayList<>();
        for (int i = 0; i < rank() + added.size(); i++) {
            all.add(added.contains(i) || rest.isEmpty() ? List.of() : rest.removeFirst());
        }
        return new Layout(all, firstChannel);
    }

    /** The indices from {@code from} to {@code to} of a dimension of channels alone; absent for other dimensions. */
    public Optional<Layout> sliced(int dimension, int from, int to) {
        List<Part> parts = dimensions.get(dimension);
        if (from == 0 && to == size(parts)) {
            return Optional.of(this);
        }
        if (parts.size() != 1 || parts.get(0).axis() != Axis.CHANNEL || from < 0 || to <= from || to > size(parts)) {
            return Optional.empty();
        }
        Part part = parts.get(0);
        List<Part> some = to - from == 1 ? List.of() : List.of(new Part(Axis.CHANNEL, to - from, part.stride()));
        return Optional.of(with(dimension, some).fromChannel(firstChannel + from * part.stride()));
    }
}
