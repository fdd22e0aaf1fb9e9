package org.evonorm.engine;

import java.util.List;
import java.util.Optional;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Formula;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.TrainableVector;
import org.evonorm.graph.TrainableVectors;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.network.Operator;

/**
 * The canonical layer at each operator of a network that is a layer. Places get the candidate, linear places the layer
 * that {@link Layer#linearPlace} names (docs/design.md, "Anchor networks"), and the activations that are parts of a
 * network their own. All engines take the layers of a network from here.
 */
public final class PlaceLayers {

    private static final CanonicalLayer AFFINE = CanonicalLayer.of(Layer.evolved(new LayerGraph(List.of())));
    private static final CanonicalLayer NOTHING = CanonicalLayer.of(new Layer(new LayerGraph(List.of()), false));
    private static final CanonicalLayer BATCH_NORM =
            CanonicalLayer.of(Formula.parse("v1 * (x - mean_bwh(x)) / std_bwh(x) + v0 | no affine"));

    private final CanonicalLayer place;
    private final CanonicalLayer linearPlace;

    /** The layers of a network with {@code layer} in its places. */
    public PlaceLayers(Layer layer) {
        this.place = Simplification.of(layer);
        this.linearPlace = switch (layer.linearPlace()) {
            case NOTHING -> NOTHING;
            case AFFINE -> AFFINE;
            case BATCH_NORM -> BATCH_NORM;
        };
    }

    /** The layer that computes an operator; absent where the operator is not a layer. */
    public Optional<CanonicalLayer> at(Operator operator) {
        if (operator instanceof Operator.Place) {
            return Optional.of(place);
        }
        if (operator instanceof Operator.LinearPlace) {
            return Optional.of(linearPlace);
        }
        if (operator instanceof Operator.LayerScale scale) {
            return Optional.of(layerScale(scale.start()));
        }
        return operator instanceof Operator.Activation activation
                ? Optional.of(FixedActivations.of(activation.function()))
                : Optional.empty();
    }

    /** {@code v1 · x} with one v1 per channel. */
    private static CanonicalLayer layerScale(double start) {
        return CanonicalLayer.of(new Layer(
                new LayerGraph(List.of(new Node(Elementwise.MUL, LayerGraph.X, LayerGraph.V1))),
                false,
                new TrainableVectors(
                        TrainableVectors.PAPER.v0(), new TrainableVector(TrainableVector.Per.CHANNEL, start)),
                GroupRule.DEFAULT));
    }
}
