package org.evonorm.graph.simplification;

import java.util.List;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;

/**
 * The simplified form of a layer: the form that is shown, exported, lowered and timed. A candidate's id and its row
 * keep the graph as proposed, so the form may improve from one version to the next.
 *
 * <p>The simplified form has at most as many nodes as the canonical form, the same values and gradients, those of NaN
 * and infinities included, and the same running statistics. Two roundings may differ: a mean of means is one mean, and
 * the sum of equal numbers over their count is the number.
 */
public final class Simplification {

    private Simplification() {}

    /** The simplified form of {@code layer}, in canonical form. */
    public static CanonicalLayer of(Layer layer) {
        return of(CanonicalLayer.of(layer), Rules.ALL);
    }

    /** The layer to show: {@code layer} as it stands if no rule applies, else the simplified form. */
    public static Layer shown(Layer layer) {
        CanonicalLayer canonical = CanonicalLayer.of(layer);
        CanonicalLayer simplified = of(canonical, Rules.ALL);
        return simplified.equals(canonical) ? layer : simplified.layer();
    }

    static CanonicalLayer of(CanonicalLayer canonical, List<Rule> rules) {
        CanonicalLayer simplified = CanonicalLayer.of(canonical.layer().withGraph(rebuilt(canonical.graph(), rules)));
        // A rule may take a node apart that another node uses too.
        boolean longer =
                simplified.graph().nodes().size() > canonical.graph().nodes().size();
        return longer ? canonical : simplified;
    }

    private static LayerGraph rebuilt(LayerGraph graph, List<Rule> rules) {
        GraphRewriter rewriter = new GraphRewriter(rules);
        int[] rewritten = new int[LayerGraph.INITIAL_NODES + graph.nodes().size()];
        for (int id = 0; id < rewritten.length; id++) {
            rewritten[id] = id < LayerGraph.INITIAL_NODES ? id : rewriter.add(renamed(graph.node(id), rewritten));
        }
        return rewriter.graph(rewritten[graph.output()]);
    }

    private static Node renamed(Node node, int[] ids) {
        return new Node(
                node.primitive(), node.inputs().stream().map(id -> ids[id]).toList());
    }
}
