package org.evonorm.engine;

import java.util.List;
import java.util.Optional;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.network.Operator;

/** Which layer stands at which operator of a network: the one under test, what fills linear places, fixed activations. */
public final class PlaceLayers {

    private static final Layer AFFINE = Layer.evolved(new LayerGraph(List.of()));
    private static final Layer NOTHING = new Layer(new LayerGraph(List.of()), false);
    private static final Layer BATCH_NORM = CanonicalForm.of(
            Formula.parse("v1 * (x - mean_bwh(x)) / std_bwh(x) + v0 | no affine"));
    private static final Layer SIGMOID =
            new Layer(new LayerGraph(List.of(new Node(Elementwise.SIGMOID, LayerGraph.X))), false);
    private static final Layer SWISH = new Layer(new LayerGraph(List.of(
            new Node(Elementwise.SIGMOID, LayerGraph.X),
            new Node(Elementwise.MUL, LayerGraph.X, LayerGraph.INITIAL_NODES))), false);

    private final Layer place;
    private final Layer linearPlace;

    /** The fillings of a network's places with this layer, which need not be in canonical form. */
    public PlaceLayers(Layer layer) {
        this.place = CanonicalForm.of(layer);
        this.linearPlace = switch (layer.linearPlace()) {
            case NOTHING -> NOTHING;
            case AFFINE -> AFFINE;
            case BATCH_NORM -> BATCH_NORM;
        };
    }

    /** The layer in canonical form that computes this operator, or nothing where it is no elementwise layer. */
    public Optional<Layer> at(Operator operator) {
        if (operator instanceof Operator.Place) {
            return Optional.of(place);
        }
        if (operator instanceof Operator.LinearPlace) {
            return Optional.of(linearPlace);
        }
        if (operator instanceof Operator.Swish) {
            return Optional.of(SWISH);
        }
        return operator instanceof Operator.Sigmoid ? Optional.of(SIGMOID) : Optional.empty();
    }
}
