package org.evonorm.network.onnx.graph;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Arithmetic with numbers that are known while a file is read. */
final class Arithmetic {

    /** The operators whose values are no integers even of integers. */
    private static final Set<String> FRACTIONAL = Set.of("Sqrt", "Reciprocal");

    private Arithmetic() {}

    /** The value of an operator; absent for one that is not known here, and for numbers that are not known. */
    static Optional<Constant> compute(String operator, List<Constant> inputs) {
        if (inputs.stream()
                .anyMatch(input -> input.numbers().isEmpty() || (!input.name().isEmpty() && isLarge(input)))) {
            return Optional.empty();
        }
        return switch (inputs.size()) {
            case 1 -> unary(operator).map(function -> applied(operator, inputs.get(0), function));
            case 2 ->
                binary(operator, inputs.get(0).isInteger() && inputs.get(1).isInteger())
                        .flatMap(function -> applied(inputs.get(0), inputs.get(1), function));
            case 3 -> operator.equals("Where") ? choice(inputs) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** Whether a stored tensor is rather weights than a number. */
    private static boolean isLarge(Constant input) {
        return Constant.count(input.dimensions()) > 1 && !input.isInteger();
    }

    private static Optional<DoubleUnaryOperator> unary(String operator) {
        return Optional.ofNullable(
                switch (operator) {
                    case "Neg" -> a -> -a;
                    case "Abs" -> Math::abs;
                    case "Sqrt" -> Math::sqrt;
                    case "Reciprocal" -> a -> 1 / a;
                    case "Floor" -> Math::floor;
                    case "Ceil" -> Math::ceil;
                    case "Not" -> a -> a == 0 ? 1 : 0;
                    default -> null;
                });
    }

    private static Optional<DoubleBinaryOperator> binary(String operator, boolean integer) {
        return Optional.ofNullable(
                switch (operator) {
                    case "Add" -> (a, b) -> a + b;
                    case "Sub" -> (a, b) -> a - b;
                    case "Mul" -> (a, b) -> a * b;
                    case "Div" -> integer ? (a, b) -> b == 0 ? 0 : (long) (a / b) : (a, b) -> a / b;
                    case "Mod" -> (a, b) -> b == 0 ? 0 : a - b * Math.floor(a / b);
                    case "Pow" -> Math::pow;
                    case "Min" -> Math::min;
                    case "Max" -> Math::max;
                    case "Equal" -> (a, b) -> a == b ? 1 : 0;
                    case "Less" -> (a, b) -> a < b ? 1 : 0;
                    case "Greater" -> (a, b) -> a > b ? 1 : 0;
                    case "And" -> (a, b) -> a != 0 && b != 0 ? 1 : 0;
                    case "Or" -> (a, b) -> a != 0 || b != 0 ? 1 : 0;
                    default -> null;
                });
    }

    private static Constant applied(String operator, Constant input, DoubleUnaryOperator function) {
        return Constant.computed(
                input.dimensions(),
                input.isInteger() && !FRACTIONAL.contains(operator),
                DoubleStream.of(input.numbers().orElseThrow()).map(function).toArray());
    }

    /** Of two tensors of one shape, or of a tensor and a number. */
    private static Optional<Constant> applied(Constant left, Constant right, DoubleBinaryOperator function) {
        double[] a = left.numbers().orElseThrow();
        double[] b = right.numbers().orElseThrow();
        Constant larger = a.length > b.length
                        || left.dimensions().size() > right.dimensions().size()
                ? left
                : right;
        if (!left.dimensions().equals(right.dimensions()) && a.length != 1 && b.length != 1) {
            return Optional.empty();
        }
        return Optional.of(Constant.computed(
                larger.dimensions(),
                left.isInteger() && right.isInteger(),
                IntStream.range(0, Math.max(a.length, b.length))
                        .mapToDouble(i -> function.applyAsDouble(a[a.length == 1 ? 0 : i], b[b.length == 1 ? 0 : i]))
                        .toArray()));
    }

    private static Optional<Constant> choice(List<Constant> inputs) {
        double[] condition = inputs.get(0).numbers().orElseThrow();
        double[] then = inputs.get(1).numbers().orElseThrow();
        double[] otherwise = inputs.get(2).numbers().orElseThrow();
        if (then.length != condition.length || otherwise.length != condition.length) {
            return Optional.empty();
        }
        return Optional.of(Constant.computed(
                inputs.get(0).dimensions(),
                inputs.get(1).isInteger(),
                IntStream.range(0, condition.length)
                        .mapToDouble(i -> condition[i] != 0 ? then[i] : otherwise[i])
                        .toArray()));
    }
}
