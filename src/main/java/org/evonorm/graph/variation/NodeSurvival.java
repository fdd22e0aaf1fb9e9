package org.evonorm.graph.variation;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Primitive;

/**
 * Counts of the nodes of proposed graphs and of those among them that survived the filters, as in
 * estimation-of-distribution algorithms. {@link LearnedNodes} draws by their quotients.
 *
 * @param total  all nodes
 * @param counts nodes by primitive, and operands by primitive, position and source; kinds that were never proposed have
 *               no entry
 */
public record NodeSurvival(Count total, Map<Kind, Count> counts) implements Serializable {

    /** A kind of choice in the drawing of a node. */
    sealed interface Kind extends Serializable {}

    /** The choice of a node's primitive. */
    record OfPrimitive(Primitive primitive) implements Kind {}

    /**
     * The choice of a node's input.
     *
     * @param primitive primitive of the reading node
     * @param position  position among its inputs, from 0
     * @param source    initial node or primitive of the node that is read, by its name
     */
    record OfInput(Primitive primitive, int position, String source) implements Kind {}

    /**
     * How many were proposed, and how many of them survived.
     *
     * @param proposed at least {@code survived}
     */
    record Count(long proposed, long survived) implements Serializable {

        static final Count NONE = new Count(0, 0);

        Count plus(Count other) {
            return new Count(proposed + other.proposed, survived + other.survived);
        }

        /**
         * The share that survived, smoothed as if one more had survived among as many as {@code share} takes for one.
         *
         * @param share the share before anything is known of this kind, above 0
         */
        double smoothedShare(double share) {
            return (survived + 1) / (proposed + 1 / share);
        }
    }

    public NodeSurvival {
        counts = Map.copyOf(counts);
    }

    /** No graph at all. */
    public static NodeSurvival none() {
        return new NodeSurvival(Count.NONE, Map.of());
    }

    /** A count of graphs under way. Not for use by several threads at once. */
    public static final class Tally {

        private Count total = Count.NONE;
        private final Map<Kind, Count> counts = new HashMap<>();

        /** Counts the nodes that the output of a proposed graph depends on, in canonical form. */
        public void add(LayerGraph proposed, boolean survived) {
            LayerGraph graph = CanonicalForm.of(proposed);
            Count one = new Count(1, survived ? 1 : 0);
            for (Node node : graph.nodes()) {
                total = total.plus(one);
                counts.merge(new OfPrimitive(node.primitive()), one, Count::plus);
                for (int position = 0; position < node.inputs().size(); position++) {
                    String source = source(node.inputs().get(position), graph.nodes());
                    counts.merge(new OfInput(node.primitive(), position, source), one, Count::plus);
                }
            }
        }

        /** The counts so far. */
        public NodeSurvival survival() {
            return new NodeSurvival(total, counts);
        }
    }

    /** The counts of both. */
    public NodeSurvival plus(NodeSurvival other) {
        Set<Kind> kinds = Stream.of(counts, other.counts)
                .flatMap(map -> map.keySet().stream())
                .collect(Collectors.toSet());
        return new NodeSurvival(
                total.plus(other.total),
                kinds.stream().collect(Collectors.toMap(kind -> kind, kind -> of(kind).plus(other.of(kind)))));
    }

    /** Whether any proposed graph survived; without one nothing can be learned. */
    public boolean hasSurvivors() {
        return total.survived > 0;
    }

    /** The smoothed share of nodes with this primitive that survived. */
    double share(Primitive primitive) {
        return of(new OfPrimitive(primitive)).smoothedShare((double) total.survived / total.proposed);
    }

    /** The smoothed share of nodes with this primitive that survived, where they read this source at a position. */
    double share(Primitive primitive, int position, String source) {
        return of(new OfInput(primitive, position, source)).smoothedShare(share(primitive));
    }

    private Count of(Kind kind) {
        return counts.getOrDefault(kind, Count.NONE);
    }

    /** The name of the source with this id: the initial node's, or the primitive of the intermediate node. */
    static String source(int id, List<Node> nodes) {
        return id < LayerGraph.INITIAL_NODES
                ? "initial " + id
                : nodes.get(id - LayerGraph.INITIAL_NODES).primitive().symbol();
    }
}
