package org.evonorm.program;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.TensorShape;
import org.evonorm.graph.TrainableVector;

/**
 * What a layer's programs compute on one input, with gradients as sums over all positions.
 *
 * @param statistics what feeds the running statistics
 */
record LoweredLayer(double[] y, double[] dx, ChannelVectors gradients, List<double[]> statistics) {

    /** Where a layer is taken: its input and its trainable values. */
    record Point(double[] x, ChannelVectors vectors) {}

    static LoweredLayer training(Layer layer, TensorShape shape, Point point, double[] dy) {
        return run(layer, LayerLowering.training(CanonicalLayer.of(layer)), shape, point, point, dy);
    }

    static LoweredLayer frozen(Layer layer, TensorShape shape, Point point, Point frozen, double[] dy) {
        return run(layer, LayerLowering.frozen(CanonicalLayer.of(layer)), shape, point, frozen, dy);
    }

    /** The output in evaluation mode. */
    static double[] evaluated(Layer layer, TensorShape shape, Point point, List<double[]> averages) {
        Program program = LayerLowering.evaluation(CanonicalLayer.of(layer));
        Point all = perChannel(point, shape);
        return Interpretation.of(
                        program.instructions(),
                        shape,
                        (leaf, argument) ->
                                leaf == Operation.RUNNING_STATISTIC ? averages.get(argument) : of(leaf, all, all, null))
                .tensor(program.output());
    }

    private static LoweredLayer run(
            Layer layer, Program program, TensorShape shape, Point point, Point frozen, double[] dy) {
        Point all = perChannel(point, shape);
        Point allFrozen = perChannel(frozen, shape);
        Interpretation values =
                Interpretation.of(program.instructions(), shape, (leaf, argument) -> of(leaf, all, allFrozen, dy));
        Map<Operation, Integer> gradients = program.gradients();
        double[] dx = gradients.containsKey(Operation.X)
                ? values.tensor(gradients.get(Operation.X))
                : new double[shape.size()];
        ChannelVectors vectors = new ChannelVectors(
                sums(values, shape, layer.vectors().v0(), gradients.get(Operation.V0)),
                sums(values, shape, layer.vectors().v1(), gradients.get(Operation.V1)),
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

    /** The point with a value of v0 and v1 for every channel, as programs read them. */
    private static Point perChannel(Point point, TensorShape shape) {
        ChannelVectors vectors = point.vectors();
        return new Point(
                point.x(),
                new ChannelVectors(
                        perChannel(vectors.v0(), shape),
                        perChannel(vectors.v1(), shape),
                        vectors.gamma(),
                        vectors.beta()));
    }

    private static double[] perChannel(double[] vector, TensorShape shape) {
        double[] all = new double[shape.channels()];
        Arrays.setAll(all, channel -> vector[channel % vector.length]);
        return all;
    }

    /** The gradient of one value per layer is the sum over all positions and channels. */
    private static double[] sums(Interpretation values, TensorShape shape, TrainableVector vector, Integer mean) {
        double[] sums = sums(values, shape, mean);
        return vector.per() == TrainableVector.Per.LAYER
                ? new double[] {sums[shape.channels() - 1] * shape.channels()}
                : sums;
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
