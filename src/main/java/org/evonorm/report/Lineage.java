package org.evonorm.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.Formula;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.simplification.Simplification;

/**
 * The lineage of a layer: its ancestors, the first one first, with the changes of each mutation. It follows the parent
 * of a mutant, and of a crossover the parent that the graft came into.
 */
record Lineage(List<Step> steps) {

    /**
     * An ancestor, or at the end the layer itself.
     *
     * @param changes nodes that differ from the parent's; empty for the first ancestor, a crossover and a mutant with
     *                another number of nodes
     * @param graft   formula of the parent that a crossover's graft came from; empty for all others
     * @param formula difference of the parent's formula and its own
     */
    record Step(Evaluated layer, List<NodeChange> changes, String graft, List<FormulaDiff.Piece> formula) {}

    /** A node before and after a mutation, such as {@code mul(#4, x)}. */
    public record NodeChange(int node, String before, String after) {}

    /** The lineage of a layer; ancestors are looked up in {@code trained}. */
    static Lineage of(Evaluated layer, List<Evaluated> trained) {
        Map<String, Evaluated> byId = new HashMap<>();
        trained.forEach(ancestor -> byId.put(ancestor.candidate().id(), ancestor));
        List<Evaluated> line = new ArrayList<>();
        for (Optional<Evaluated> at = Optional.of(layer); at.isPresent(); at = parent(at.get(), byId)) {
            line.add(at.get());
        }
        Collections.reverse(line);
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(line.get(0), List.of(), "", FormulaDiff.same(formula(line.get(0)))));
        for (int i = 1; i < line.size(); i++) {
            Evaluated parent = line.get(i - 1);
            Evaluated child = line.get(i);
            steps.add(new Step(
                    child,
                    changes(parent.candidate(), child.candidate()),
                    graft(child.candidate().origin(), byId),
                    FormulaDiff.of(formula(parent), formula(child))));
        }
        return new Lineage(steps);
    }

    /** The parent, which is of an earlier generation, so that every lineage ends. */
    private static Optional<Evaluated> parent(Evaluated child, Map<String, Evaluated> byId) {
        Origin origin = child.candidate().origin();
        Optional<String> id = origin instanceof Origin.Mutation mutation
                ? Optional.of(mutation.parent())
                : origin instanceof Origin.Crossover crossover ? Optional.of(crossover.parent()) : Optional.empty();
        return id.map(byId::get)
                .filter(parent ->
                        parent.candidate().generation() < child.candidate().generation());
    }

    private static String graft(Origin origin, Map<String, Evaluated> byId) {
        if (!(origin instanceof Origin.Crossover crossover)) {
            return "";
        }
        return Optional.ofNullable(byId.get(crossover.secondParent()))
                .map(Lineage::formula)
                .orElse(crossover.secondParent());
    }

    private static String formula(Evaluated layer) {
        return Formula.print(Simplification.shown(layer.candidate().layer()));
    }

    private static List<NodeChange> changes(Candidate parent, Candidate child) {
        LayerGraph before = parent.layer().graph();
        LayerGraph after = child.layer().graph();
        List<NodeChange> changes = new ArrayList<>();
        // Insertion, removal and crossover number the nodes anew.
        if (child.origin() instanceof Origin.Crossover
                || before.nodes().size() != after.nodes().size()) {
            return changes;
        }
        for (int i = 0; i < after.nodes().size(); i++) {
            Node was = before.nodes().get(i);
            Node is = after.nodes().get(i);
            if (!was.equals(is)) {
                changes.add(new NodeChange(LayerGraph.INITIAL_NODES + i, NodeText.call(was), NodeText.call(is)));
            }
        }
        return changes;
    }
}
