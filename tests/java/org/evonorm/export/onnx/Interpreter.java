package org.evonorm.export.onnx;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;

/**
 * An interpreter of ONNX graphs in float64, by the definitions of the operators of version 13, as far as layers use
 * them. It stands in for ONNX Runtime, which {@code tests/bench/verify_onnx.py} asks.
 */
final class Interpreter {

    /** A tensor; Booleans are 1 and 0. */
    record Tensor(int[] shape, double[] values) {

        static Tensor of(double value) {
            return new Tensor(new int[0], new double[] {value});
        }

        int[] ints() {
            return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
        }
    }

    private final Map<String, Tensor> values = new HashMap<>();

    private Interpreter() {}

    /** The output of a graph of one input and one output. */
    static Tensor run(GraphProto graph, Tensor x) {
        Interpreter interpreter = new Interpreter();
        graph.getInitializerList().forEach(constant -> interpreter.values.put(constant.getName(), tensor(constant)));
        interpreter.values.put(graph.getInput(0).getName(), x);
        for (NodeProto node : graph.getNodeList()) {
            List<Tensor> inputs = node.getInputList().stream()
                    .map(name -> {
                        Tensor input = interpreter.values.get(name);
                        if (input == null) {
                            throw new AssertionError(node.getName() + " reads " + name + ", which is not there yet");
                        }
                        return input;
                    })
                    .toList();
            if (interpreter.values.put(node.getOutput(0), apply(node, inputs)) != null) {
                throw new AssertionError(node.getOutput(0) + " is written twice");
            }
        }
        return interpreter.values.get(graph.getOutput(0).getName());
    }

    private static Tensor tensor(TensorProto proto) {
        int[] shape = proto.getDimsList().stream().mapToInt(Long::intValue).toArray();
        double[] values = proto.getDataType() == TensorProto.DataType.FLOAT_VALUE
                ? proto.getFloatDataList().stream()
                        .mapToDouble(Float::doubleValue)
                        .toArray()
                : proto.getInt64DataList().stream()
                        .mapToDouble(Long::doubleValue)
                        .toArray();
        if (values.length != size(shape)) {
            throw new AssertionError(proto.getName() + " has " + values.length + " values");
        }
        return new Tensor(shape, values);
    }

    private static Tensor apply(NodeProto node, List<Tensor> inputs) {
        Tensor a = inputs.get(0);
        return switch (node.getOpType()) {
            case "Add" -> binary(inputs, Double::sum);
            case "Sub" -> binary(inputs, (left, right) -> left - right);
            case "Mul" -> binary(inputs, (left, right) -> left * right);
            case "Div" -> binary(inputs, (left, right) -> left / right);
            case "Max" -> binary(inputs, Math::max);
            case "Less" -> binary(inputs, (left, right) -> left < right ? 1 : 0);
            case "Or" -> binary(inputs, (left, right) -> left + right > 0 ? 1 : 0);
            case "Where" -> {
                int[] shape = broadcast(broadcast(a.shape, inputs.get(1).shape), inputs.get(2).shape);
                double[] chosen = expand(a, shape);
                double[] yes = expand(inputs.get(1), shape);
                double[] no = expand(inputs.get(2), shape);
                Arrays.setAll(chosen, i -> chosen[i] > 0 ? yes[i] : no[i]);
                yield new Tensor(shape, chosen);
            }
            case "Neg" -> unary(a, value -> -value);
            case "Abs" -> unary(a, Math::abs);
            case "Exp" -> unary(a, Math::exp);
            case "Log" -> unary(a, Math::log);
            case "Sqrt" -> unary(a, Math::sqrt);
            case "Sign" -> unary(a, Math::signum);
            case "Tanh" -> unary(a, Math::tanh);
            case "Sigmoid" -> unary(a, value -> 1 / (1 + Math.exp(-value)));
            // As ONNX Runtime does, which forgets NaN.
            case "Erf" -> unary(a, value -> Double.isNaN(value) ? 1 : erf(value));
            case "IsNaN" -> unary(a, value -> Double.isNaN(value) ? 1 : 0);
            case "Relu" -> unary(a, value -> Math.max(value, 0));
            case "Identity" -> a;
            case "Shape" ->
                new Tensor(
                        new int[] {a.shape.length},
                        Arrays.stream(a.shape).asDoubleStream().toArray());
            case "Expand" -> {
                int[] shape = broadcast(a.shape, inputs.get(1).ints());
                yield new Tensor(shape, expand(a, shape));
            }
            case "Reshape" -> reshape(a, inputs.get(1).ints());
            case "ReduceMean" -> mean(a, node.getAttribute(0).getIntsList());
            default -> throw new AssertionError("no layer needs " + node.getOpType());
        };
    }

    /** 2/sqrt(π) ∫ exp(−t²) dt by Simpson's rule, exact to some 1e-12. */
    private static double erf(double a) {
        int steps = 2_000;
        double end = Math.max(-7, Math.min(7, a));
        double h = end / steps;
        double sum = 1 + Math.exp(-end * end);
        for (int i = 1; i < steps; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * Math.exp(-i * h * i * h);
        }
        return 2 / Math.sqrt(Math.PI) * sum * h / 3;
    }

    private static Tensor unary(Tensor a, DoubleUnaryOperator function) {
        return new Tensor(a.shape, Arrays.stream(a.values).map(function).toArray());
    }

    private static Tensor binary(List<Tensor> inputs, DoubleBinaryOperator function) {
        int[] shape = broadcast(inputs.get(0).shape, inputs.get(1).shape);
        double[] left = expand(inputs.get(0), shape);
        double[] right = expand(inputs.get(1), shape);
        return new Tensor(
                shape,
                IntStream.range(0, left.length)
                        .mapToDouble(i -> function.applyAsDouble(left[i], right[i]))
                        .toArray());
    }

    private static int[] broadcast(int[] a, int[] b) {
        int rank = Math.max(a.length, b.length);
        return IntStream.range(0, rank)
                .map(axis -> {
                    int left = axis < rank - a.length ? 1 : a[axis - rank + a.length];
                    int right = axis < rank - b.length ? 1 : b[axis - rank + b.length];
                    if (left != right && left != 1 && right != 1) {
                        throw new AssertionError(Arrays.toString(a) + " does not go with " + Arrays.toString(b));
                    }
                    return left == 1 ? right : left;
                })
                .toArray();
    }

    private static double[] expand(Tensor a, int[] shape) {
        int before = shape.length - a.shape.length;
        return IntStream.range(0, size(shape))
                .mapToDouble(i -> {
                    int rest = i;
                    int index = 0;
                    int stride = 1;
                    for (int axis = shape.length - 1; axis >= before; axis--) {
                        int size = a.shape[axis - before];
                        index += size == 1 ? 0 : stride * (rest % shape[axis]);
                        stride *= size;
                        rest /= shape[axis];
                    }
                    return a.values[index];
                })
                .toArray();
    }

    private static Tensor reshape(Tensor a, int[] wanted) {
        int[] shape = wanted.clone();
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = shape[axis] == 0 ? a.shape[axis] : shape[axis];
        }
        if (size(shape) != a.values.length) {
            throw new AssertionError(Arrays.toString(a.shape) + " is not reshaped to " + Arrays.toString(shape));
        }
        return new Tensor(shape, a.values);
    }

    private static Tensor mean(Tensor a, List<Long> axes) {
        int[] shape = a.shape.clone();
        axes.forEach(axis -> shape[axis.intValue()] = 1);
        double[] sums = new double[size(shape)];
        double[] positions = IntStream.range(0, sums.length).asDoubleStream().toArray();
        double[] targets = expand(new Tensor(shape, positions), a.shape);
        for (int i = 0; i < targets.length; i++) {
            sums[(int) targets[i]] += a.values[i];
        }
        double count = (double) a.values.length / sums.length;
        return new Tensor(shape, Arrays.stream(sums).map(sum -> sum / count).toArray());
    }

    private static int size(int[] shape) {
        return Arrays.stream(shape).reduce(1, (left, right) -> left * right);
    }
}
