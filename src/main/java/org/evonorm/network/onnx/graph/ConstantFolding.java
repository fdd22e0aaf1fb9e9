package org.evonorm.network.onnx.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import onnx.Onnx.TensorProto;

/**
 * The values of nodes whose inputs do not depend on the images: axes, shapes, limits and the like, which exporters
 * compute from the shapes of tensors. Nodes that compute with weights are left alone.
 */
final class ConstantFolding {

    private static final int MOST_COMPUTED = 1 << 16;

    private ConstantFolding() {}

    /**
     * The value of a node's first output; absent where it is not known how to compute it.
     *
     * @param inputs all inputs, absent ones where the node leaves them out
     */
    static Optional<Constant> fold(OnnxNode node, List<Optional<Constant>> inputs) {
        if (node.operator().equals("Constant")) {
            return constant(node);
        }
        if (inputs.isEmpty() || inputs.get(0).isEmpty()) {
            return Optional.empty();
        }
        Constant first = inputs.get(0).get();
        List<Constant> present = inputs.stream().flatMap(Optional::stream).toList();
        Optional<Constant> second = inputs.size() > 1 ? inputs.get(1) : Optional.empty();
        return switch (node.operator()) {
            case "Identity", "CastLike", "Dropout" -> Optional.of(first);
            case "Cast" -> Optional.of(cast(node, first));
            case "Shape" -> shape(node, first.dimensions());
            case "Size" -> Optional.of(Constant.computed(List.of(), true, (double) Constant.count(first.dimensions())));
            case "Concat" -> concatenation(present);
            case "Gather" -> second.flatMap(indices -> gather(first, indices));
            case "Slice" -> slice(first, present);
            case "Squeeze", "Unsqueeze" -> axes(node, second).flatMap(axes -> resize(node, first, axes));
            case "Reshape" -> second.flatMap(Constant::integers).flatMap(sizes -> reshape(first, sizes));
            case "Transpose" -> transpose(node, first);
            case "Expand" -> second.flatMap(Constant::integers).flatMap(sizes -> expand(first, sizes));
            case "ConstantOfShape" -> first.integers().flatMap(sizes -> filled(node, sizes));
            case "Range" -> range(present);
            default -> Arithmetic.compute(node.operator(), present);
        };
    }

    private static Optional<Constant> constant(OnnxNode node) {
        return node.attribute("value")
                .map(value -> Constant.stored(value.getT()))
                .or(() -> node.attribute("value_int")
                        .map(value -> Constant.computed(List.of(), true, (double) value.getI())))
                .or(() -> node.attribute("value_float").map(value -> Constant.computed(List.of(), false, value.getF())))
                .or(() -> node.attribute("value_ints").map(value -> Constant.row(value.getIntsList())))
                .or(() -> node.attribute("value_floats")
                        .map(value -> Constant.computed(
                                List.of((long) value.getFloatsCount()),
                                false,
                                value.getFloatsList().stream()
                                        .mapToDouble(Float::doubleValue)
                                        .toArray())));
    }

    private static Constant cast(OnnxNode node, Constant value) {
        int type = node.number("to", TensorProto.DataType.FLOAT_VALUE);
        boolean integer = type == TensorProto.DataType.INT64_VALUE || type == TensorProto.DataType.INT32_VALUE;
        boolean computed = value.name().isEmpty() && value.numbers().isPresent();
        return computed
                ? Constant.computed(
                        value.dimensions(),
                        integer,
                        DoubleStream.of(value.numbers().get())
                                .map(number -> integer ? (long) number : number)
                                .toArray())
                : value;
    }

    /** The sizes of a value in these dimensions, or those of some dimensions. */
    static Optional<Constant> shape(OnnxNode node, List<Long> dimensions) {
        int rank = dimensions.size();
        int start = inside(node.number("start", 0), rank);
        int end = inside(node.number("end", rank), rank);
        return Optional.of(Constant.row(dimensions.subList(start, Math.max(start, end))));
    }

    private static int inside(long position, int size) {
        return (int) Math.max(0, Math.min(size, position < 0 ? position + size : position));
    }

    private static Optional<Constant> concatenation(List<Constant> parts) {
        List<Double> all = new ArrayList<>();
        boolean integer = true;
        for (Constant part : parts) {
            Optional<double[]> numbers = part.numbers();
            if (part.dimensions().size() != 1 || numbers.isEmpty() || all.size() > MOST_COMPUTED) {
                return Optional.empty();
            }
            integer &= part.isInteger();
            DoubleStream.of(numbers.get()).forEach(all::add);
        }
        return Optional.of(Constant.computed(
                List.of((long) all.size()),
                integer,
                all.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    private static Optional<Constant> gather(Constant data, Constant indices) {
        Optional<double[]> numbers = data.numbers();
        Optional<List<Long>> positions = indices.integers();
        if (data.dimensions().size() != 1 || numbers.isEmpty() || positions.isEmpty()) {
            return Optional.empty();
        }
        double[] from = numbers.get();
        List<Long> wanted = positions.get().stream()
                .map(index -> index < 0 ? index + from.length : index)
                .toList();
        if (wanted.size() > MOST_COMPUTED || wanted.stream().anyMatch(index -> index < 0 || index >= from.length)) {
            return Optional.empty();
        }
        return Optional.of(Constant.computed(
                indices.dimensions(),
                data.isInteger(),
                wanted.stream().mapToDouble(index -> from[index.intValue()]).toArray()));
    }

    /** A slice of a row: starts, ends, and perhaps axes and steps. */
    private static Optional<Constant> slice(Constant data, List<Constant> inputs) {
        Optional<double[]> numbers = data.numbers();
        if (data.dimensions().size() != 1 || numbers.isEmpty() || inputs.size() < 3) {
            return Optional.empty();
        }
        Optional<Double> start = inputs.get(1).number();
        Optional<Double> end = inputs.get(2).number();
        boolean everyOne = inputs.size() < 5 || inputs.get(4).number().equals(Optional.of(1.0));
        if (start.isEmpty() || end.isEmpty() || !everyOne) {
            return Optional.empty();
        }
        int size = numbers.get().length;
        int from = inside(start.get().longValue(), size);
        int to = Math.max(from, inside(end.get().longValue(), size));
        return Optional.of(Constant.computed(
                List.of((long) (to - from)),
                data.isInteger(),
                DoubleStream.of(numbers.get()).skip(from).limit(to - from).toArray()));
    }

    /** The axes of a node, as an attribute or an input; none where they are left out. */
    private static Optional<List<Long>> axes(OnnxNode node, Optional<Constant> input) {
        return node.attribute("axes")
                .map(axes -> List.copyOf(axes.getIntsList()))
                .or(() -> input.isPresent() ? input.get().integers() : Optional.of(List.of()));
    }

    private static Optional<Constant> resize(OnnxNode node, Constant value, List<Long> axes) {
        boolean grows = node.operator().equals("Unsqueeze");
        int rank = value.dimensions().size() + (grows ? axes.size() : 0);
        TreeSet<Integer> positions = new TreeSet<>();
        for (long axis : axes) {
            if (axis < -rank || axis >= rank) {
                return Optional.empty();
            }
            positions.add((int) (axis < 0 ? axis + rank : axis));
        }
        List<Long> sizes = new ArrayList<>(value.dimensions());
        if (grows) {
            if (positions.size() != axes.size()) {
                return Optional.empty();
            }
            positions.forEach(position -> sizes.add(position, 1L));
        } else if (axes.isEmpty()) {
            sizes.removeIf(size -> size == 1);
        } else {
            positions.descendingSet().forEach(position -> sizes.remove((int) position));
        }
        return Constant.count(sizes) == Constant.count(value.dimensions())
                ? Optional.of(value.as(sizes))
                : Optional.empty();
    }

    private static Optional<Constant> reshape(Constant value, List<Long> wanted) {
        List<Long> sizes = new ArrayList<>(wanted);
        long known = Constant.count(sizes.stream().filter(size -> size != -1).toList());
        int open = sizes.indexOf(-1L);
        long count = Constant.count(value.dimensions());
        if (open >= 0 && known > 0) {
            sizes.set(open, count / known);
        }
        return Constant.count(sizes) == count && count >= 0 ? Optional.of(value.as(sizes)) : Optional.empty();
    }

    private static Optional<Constant> transpose(OnnxNode node, Constant value) {
        List<Long> dimensions = value.dimensions();
        List<Long> order = node.attribute("perm")
                .map(perm -> List.copyOf(perm.getIntsList()))
                .orElseGet(() -> LongStream.range(0, dimensions.size())
                        .map(i -> dimensions.size() - 1 - i)
                        .boxed()
                        .toList());
        boolean fits = order.stream()
                .sorted()
                .toList()
                .equals(LongStream.range(0, dimensions.size()).boxed().toList());
        return fits
                ? Optional.of(value.rearranged(order.stream()
                        .map(axis -> dimensions.get(axis.intValue()))
                        .toList()))
                : Optional.empty();
    }

    private static Optional<Constant> expand(Constant value, List<Long> sizes) {
        List<Long> dimensions = new ArrayList<>(value.dimensions());
        while (dimensions.size() < sizes.size()) {
            dimensions.add(0, 1L);
        }
        for (int i = 1; i <= sizes.size(); i++) {
            int at = dimensions.size() - i;
            long size = sizes.get(sizes.size() - i);
            if (dimensions.get(at) == 1) {
                dimensions.set(at, size);
            }
        }
        long count = Constant.count(dimensions);
        return count < 0 || (value.name().isEmpty() && count > MOST_COMPUTED)
                ? Optional.empty()
                : Optional.of(value.rearranged(dimensions));
    }

    private static Optional<Constant> filled(OnnxNode node, List<Long> sizes) {
        Constant value = node.attribute("value")
                .map(tensor -> Constant.stored(tensor.getT()))
                .orElseGet(() -> Constant.computed(List.of(), false, 0));
        long count = Constant.count(sizes);
        if (count < 0 || count > MOST_COMPUTED || value.number().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Constant.computed(
                sizes,
                value.isInteger(),
                DoubleStream.generate(value.number()::get).limit(count).toArray()));
    }

    private static Optional<Constant> range(List<Constant> inputs) {
        List<Double> numbers =
                inputs.stream().flatMap(input -> input.number().stream()).toList();
        if (numbers.size() != 3 || numbers.get(2) == 0) {
            return Optional.empty();
        }
        double from = numbers.get(0);
        double step = numbers.get(2);
        long count = (long) Math.max(0, Math.ceil((numbers.get(1) - from) / step));
        return count > MOST_COMPUTED
                ? Optional.empty()
                : Optional.of(Constant.computed(
                        List.of(count),
                        inputs.get(0).isInteger(),
                        LongStream.range(0, count)
                                .mapToDouble(i -> from + i * step)
                                .toArray()));
    }
}
