package org.evonorm.program;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.TensorShape;

/**
 * What a layer's programs compute on one input, with gradients as sums over all positions.
 *
 * @param statistics what feeds the running statistics
 */
record LoweredLayer(double[] y, double[] dx, ChannelVectors gradients, List<double[]> statistics) {

    /** Where a layer is taken: its input and its trainable values. */
    record Point(double[] x, ChannelVectors vectors) {}

    static LoweredLayer training(Layer layer, TensorShape shape, Point point, double[] dy) {
        return run(LayerLowering.training(CanonicalLayer.of(layer)), shape, point, point, dy);
    }

    static LoweredLayer frozen(Layer layer, TensorShape shape, Point point, Point frozen, double[] dy) {
        return run(LayerLowering.frozen(CanonicalLayer.of(layer)), shape, point, frozen, dy);
    }

    /** The output in evaluation mode. */
    static double[] evaluated(Layer layer, TensorShape shape, Point point, List<double[]> averages) {
        Program program = LayerLowering.evaluation(CanonicalLayer.of(layer));
        return Interpretation.of(
                        program.instructions(),
                        shape,
                        (leaf, argument) -> leaf == Operation.RUNNING_STATISTIC
                                ? averages.get(argument)
                                : of(leaf, point, point, null))
                .tensor(program.output());
    }

    private static LoweredLayer run(Program program, TensorShape shape, Point point, Point frozen, double[] dy) {
        Interpretation values =
                Interpretation.of(program.instructions(), shape, (leaf, argument) -> of(leaf, point, frozen, dy));
        Map<Operation, Integer> gradients = program.gradients();
        double[] dx = gradients.containsKey(Operation.X)
                ? values.tensor(gradients.get(Operation.X))
                : new double[shape.size()];
        ChannelVectors vectors = new ChannelVectors(
                sums(values, shape, gradients.get(Operation.V0)),
                sums(values, shape, gradients.get(Operation.V1)),
                sums(values, shape, gradients.get(Operation.GAMMA)),
                sums(values, shape, gradients.get(Operation.BETA)));
        return new LoweredLayer(
                values.tensor(program.output()),
                dx,
                vectors,
                program.statistics().stream().map(values::channels).toList());
    }

    private static double[] of(Operation leaf, Point point, Point frozen, double[] dy) {
        return switch (leaf) {
            case X -> point.x();
            case V0 -> point.vectors().v0();
            case V1 -> point.vectors().v1();
            case GAMMA -> point.vectors().gamma();
            case BETA -> point.vectors().beta();
            case FROZEN_X -> frozen.x();
            case FROZEN_V0 -> frozen.vectors().v0();
            case FROZEN_V1 -> frozen.vectors().v1();
            case DY -> dy;
            default -> throw new AssertionError(leaf);
        };
    }

    /** Programs give the gradients of vectors as means over batch, width and height. */
    private static double[] sums(Interpretation values, TensorShape shape, Integer mean) {
        if (mean == null) {
            return new double[shape.channels()];
        }
        int positions = shape.size() / shape.channels();
        return Arrays.stream(values.channels(mean))
                .map(value -> value * positions)
                .toArray();
    }
}
