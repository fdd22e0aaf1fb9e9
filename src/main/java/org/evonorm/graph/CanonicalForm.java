package org.evonorm.graph;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * The canonical form of a graph and the reduced form, which do not depend on how the graph came about. Candidates get
 * ids and engines get programs from the canonical form, so that equal compositions are equal there.
 *
 * <p>Nodes are numbered by height above the initial nodes, then by primitive, then by inputs.
 */
public final class CanonicalForm {

    private static final Comparator<Node> ORDER = Comparator.comparing(
                    Node::primitive, CanonicalForm::comparePrimitives)
            .thenComparing(CanonicalForm::compareInputs);

    private CanonicalForm() {}

    /**
     * The canonical form: reduced, and with the operands of additions and multiplications in order. The operands of a
     * maximum keep their order, since a tie sends the gradient to the first. Graphs that differ in the order of nodes,
     * in unreachable nodes, in repeated nodes or in the order of operands of additions and multiplications have the
     * same canonical form.
     */
    public static LayerGraph of(LayerGraph graph) {
        return renumbered(graph, true);
    }

    /** The reduced form: unreachable nodes removed, repeated nodes merged, nodes renumbered, operands as they stand. */
    public static LayerGraph reduced(LayerGraph graph) {
        return renumbered(graph, false);
    }

    /** Ids of the nodes that the output depends on, initial nodes and the output itself included. */
    public static BitSet reachable(LayerGraph graph) {
        BitSet reachable = new BitSet(LayerGraph.INITIAL_NODES + graph.nodes().size());
        reachable.set(graph.output());
        for (int id = graph.output(); id >= LayerGraph.INITIAL_NODES; id--) {
            if (reachable.get(id)) {
                graph.node(id).inputs().forEach(reachable::set);
            }
        }
        return reachable;
    }

    private static LayerGraph renumbered(LayerGraph graph, boolean sortOperands) {
        int[] ids = new int[LayerGraph.INITIAL_NODES + graph.nodes().size()];
        for (int id = 0; id < LayerGraph.INITIAL_NODES; id++) {
            ids[id] = id;
        }
        List<Node> result = new ArrayList<>(graph.nodes().size());
        for (List<Integer> level : levels(graph)) {
            // The inputs of a level lie below the level and have their final ids, so repeated nodes are equal.
            TreeMap<Node, List<Integer>> distinct = new TreeMap<>(ORDER);
            for (int id : level) {
                Node node = renumbered(graph.node(id), ids, sortOperands);
                distinct.computeIfAbsent(node, key -> new ArrayList<>(1)).add(id);
            }
            distinct.forEach((node, merged) -> {
                int newId = LayerGraph.INITIAL_NODES + result.size();
                result.add(node);
                merged.forEach(id -> ids[id] = newId);
            });
        }
        return new LayerGraph(result);
    }

    /** The reachable intermediate nodes by height; only the output has the greatest height. */
    private static List<List<Integer>> levels(LayerGraph graph) {
        BitSet reachable = reachable(graph);
        List<List<Integer>> levels = new ArrayList<>();
        int[] heights = new int[LayerGraph.INITIAL_NODES + graph.nodes().size()];
        int first = LayerGraph.INITIAL_NODES;
        for (int id = reachable.nextSetBit(first); id >= 0; id = reachable.nextSetBit(id + 1)) {
            for (int input : graph.node(id).inputs()) {
                heights[id] = Math.max(heights[id], heights[input] + 1);
            }
            if (heights[id] > levels.size()) {
                levels.add(new ArrayList<>());
            }
            levels.get(heights[id] - 1).add(id);
        }
        return levels;
    }

    private static Node renumbered(Node node, int[] ids, boolean sortOperands) {
        int first = ids[node.inputs().get(0)];
        if (node.primitive().arity() == 1) {
            return new Node(node.primitive(), first);
        }
        int second = ids[node.inputs().get(1)];
        boolean commutes = node.primitive() == Elementwise.ADD || node.primitive() == Elementwise.MUL;
        return sortOperands && commutes && second < first
                ? new Node(node.primitive(), second, first)
                : new Node(node.primitive(), first, second);
    }

    /** Elementwise primitives, then aggregates by statistic and index set, each in the order of its enum. */
    private static int comparePrimitives(Primitive left, Primitive right) {
        if (left instanceof Elementwise a && right instanceof Elementwise b) {
            return a.compareTo(b);
        }
        if (left instanceof Aggregate a && right instanceof Aggregate b) {
            int order = a.statistic().compareTo(b.statistic());
            return order != 0 ? order : a.over().compareTo(b.over());
        }
        return left instanceof Elementwise ? -1 : 1;
    }

    private static int compareInputs(Node left, Node right) {
        for (int i = 0; i < left.inputs().size(); i++) {
            int order = Integer.compare(left.inputs().get(i), right.inputs().get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
