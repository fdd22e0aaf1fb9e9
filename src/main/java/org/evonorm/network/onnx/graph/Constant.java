package org.evonorm.network.onnx.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.ByteString;

/** A value that does not depend on the images: stored in the file, or computed from stored ones. */
public final class Constant {

    /** The most numbers of a constant that is read: those of indices, shapes, limits and biases. */
    static final int MOST_NUMBERS = 1 << 20;

    private final String name;
    private final List<Long> dimensions;
    private final boolean integer;
    /** Reads the values when they are asked for, since those of most weights never are. */
    private final Supplier<Optional<double[]>> numbers;

    private Constant(String name, List<Long> dimensions, boolean integer, Supplier<Optional<double[]>> numbers) {
        this.name = name;
        this.dimensions = List.copyOf(dimensions);
        this.integer = integer;
        this.numbers = numbers;
    }

    /** A tensor of the file. */
    static Constant stored(TensorProto tensor) {
        int type = tensor.getDataType();
        boolean integer = type == TensorProto.DataType.INT64_VALUE
                || type == TensorProto.DataType.INT32_VALUE
                || type == TensorProto.DataType.BOOL_VALUE;
        long count = count(tensor.getDimsList());
        boolean readable = count >= 0 && count <= MOST_NUMBERS;
        return new Constant(
                tensor.getName(),
                tensor.getDimsList(),
                integer,
                () -> Optional.of(tensor)
                        .filter(known -> readable)
                        .flatMap(Constant::read)
                        .filter(read -> read.length == count));
    }

    /** Numbers that are computed. */
    static Constant computed(List<Long> dimensions, boolean integer, double... numbers) {
        return new Constant("", dimensions, integer, () -> Optional.of(numbers.clone()));
    }

    /** A row of integers, such as the sizes of a tensor. */
    public static Constant row(List<Long> integers) {
        return computed(
                List.of((long) integers.size()),
                true,
                integers.stream().mapToDouble(Long::doubleValue).toArray());
    }

    /** The values of this constant in other dimensions, in another order if they are weights. */
    Constant as(List<Long> other) {
        return new Constant(name, other, integer, () -> numbers().filter(known -> known.length == count(other)));
    }

    /** The values of this constant in other dimensions, whose order is not known unless all are equal. */
    Constant rearranged(List<Long> other) {
        return new Constant(
                name,
                other,
                integer,
                () -> numbers()
                        .filter(known -> DoubleStream.of(known).distinct().count() <= 1)
                        .filter(known -> count(other) <= MOST_NUMBERS)
                        .map(known -> filled(count(other), known)));
    }

    private static double[] filled(long count, double[] equal) {
        double[] filled = new double[(int) Math.max(0, count)];
        Arrays.fill(filled, equal.length == 0 ? 0 : equal[0]);
        return filled;
    }

    /** The number of values in these dimensions; below 0 if it is beyond all bounds. */
    static long count(List<Long> dimensions) {
        long count = 1;
        for (long size : dimensions) {
            if (size < 0 || (size > 0 && count > Long.MAX_VALUE / size)) {
                return -1;
            }
            count *= size;
        }
        return count;
    }

    private static Optional<double[]> read(TensorProto tensor) {
        ByteString raw = tensor.getRawData();
        ByteBuffer bytes = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return switch (tensor.getDataType()) {
            case TensorProto.DataType.FLOAT_VALUE ->
                Optional.of(
                        raw.isEmpty()
                                ? doubles(tensor.getFloatDataList())
                                : IntStream.range(0, raw.size() / Float.BYTES)
                                        .mapToDouble(i -> bytes.getFloat(i * Float.BYTES))
                                        .toArray());
            case TensorProto.DataType.DOUBLE_VALUE ->
                Optional.of(
                        raw.isEmpty()
                                ? doubles(tensor.getDoubleDataList())
                                : IntStream.range(0, raw.size() / Double.BYTES)
                                        .mapToDouble(i -> bytes.getDouble(i * Double.BYTES))
                                        .toArray());
            case TensorProto.DataType.INT64_VALUE ->
                Optional.of(
                        raw.isEmpty()
                                ? doubles(tensor.getInt64DataList())
                                : IntStream.range(0, raw.size() / Long.BYTES)
                                        .mapToDouble(i -> bytes.getLong(i * Long.BYTES))
                                        .toArray());
            case TensorProto.DataType.INT32_VALUE ->
                Optional.of(
                        raw.isEmpty()
                                ? doubles(tensor.getInt32DataList())
                                : IntStream.range(0, raw.size() / Integer.BYTES)
                                        .mapToDouble(i -> bytes.getInt(i * Integer.BYTES))
                                        .toArray());
            case TensorProto.DataType.BOOL_VALUE ->
                Optional.of(
                        raw.isEmpty()
                                ? doubles(tensor.getInt32DataList())
                                : IntStream.range(0, raw.size())
                                        .mapToDouble(bytes::get)
                                        .toArray());
            default -> Optional.empty();
        };
    }

    private static double[] doubles(List<? extends Number> numbers) {
        return numbers.stream().mapToDouble(Number::doubleValue).toArray();
    }

    /** The name of the stored tensor whose values these are, perhaps in another order; empty for computed numbers. */
    public String name() {
        return name;
    }

    public List<Long> dimensions() {
        return dimensions;
    }

    /** Whether the numbers are integers or truth values, which divide without rest. */
    boolean isInteger() {
        return integer;
    }

    /** The values; absent for large weights, and for weights that lie in another file. */
    public Optional<double[]> numbers() {
        return numbers.get();
    }

    /** The value, if there is one alone. */
    public Optional<Double> number() {
        return numbers().filter(known -> known.length == 1).map(known -> known[0]);
    }

    /** The values as integers; absent if they are not known. */
    public Optional<List<Long>> integers() {
        return numbers()
                .map(known ->
                        DoubleStream.of(known).mapToObj(value -> (long) value).toList());
    }

    /** Whether all values are known to be this number, and computed. */
    public boolean isComputed(double number) {
        return name.isEmpty()
                && numbers()
                        .map(known -> DoubleStream.of(known).allMatch(value -> value == number))
                        .orElse(false);
    }
}
