package org.evonorm.graph.variation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;

/**
 * The crossover of layer graphs: a subgraph of one parent is grafted into the other, as in genetic programming (Koza,
 * 1992; not in the paper). Both parents are taken in canonical form. An operand of the base, uniform over the operands
 * of all its nodes, then reads a node of the donor, uniform over the donor's intermediate nodes, with all nodes that
 * this node depends on. Nodes that both parents have are shared, and the output stays the base's.
 *
 * @param mostNodes largest number of intermediate nodes of a child in canonical form, at least 1
 */
public record Crossover(int mostNodes) {

    /** Draws of operand and node before a crossover is given up; each costs one canonical form. */
    private static final int DRAWS = 64;

    /**
     * A child in canonical form, of primitives that its parents have. A draw whose child has too many nodes or equals
     * a parent is repeated; empty if a parent has no intermediate node, or no draw gives a child.
     */
    public Optional<LayerGraph> child(LayerGraph base, LayerGraph donor, RandomGenerator random) {
        LayerGraph into = CanonicalForm.of(base);
        LayerGraph from = CanonicalForm.of(donor);
        if (into.isIdentity() || from.isIdentity()) {
            return Optional.empty();
        }
        List<Operand> operands = Operand.of(into);
        for (int draw = 0; draw < DRAWS; draw++) {
            Operand operand = operands.get(random.nextInt(operands.size()));
            int graft = random.nextInt(from.nodes().size());
            LayerGraph child = CanonicalForm.of(grafted(into, operand, from, graft));
            if (child.nodes().size() <= mostNodes && !child.equals(into) && !child.equals(from)) {
                return Optional.of(child);
            }
        }
        return Optional.empty();
    }

    /** The donor's nodes up to the graft, then the base's, whose operand reads the graft. */
    private static LayerGraph grafted(LayerGraph base, Operand operand, LayerGraph donor, int graft) {
        List<Node> nodes = new ArrayList<>(donor.nodes().subList(0, graft + 1));
        int behind = nodes.size();
        nodes.addAll(Operand.shifted(base.nodes(), behind));
        int reader = behind + operand.node();
        nodes.set(reader, Operand.withSource(nodes.get(reader), operand.position(), LayerGraph.INITIAL_NODES + graft));
        return new LayerGraph(nodes);
    }
}
