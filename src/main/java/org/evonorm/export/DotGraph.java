package org.evonorm.export;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Primitive;

/** The canonical form of a layer as a Graphviz graph, from the input at the top to the output. */
final class DotGraph {

    private static final List<String> INITIAL_LABELS = List.of("x", "0", "v0", "v1");

    private final LayerGraph graph;
    private final StringBuilder out = new StringBuilder();

    private DotGraph(LayerGraph canonical) {
        this.graph = canonical;
    }

    /** The text of the file. */
    static String write(ExportedLayer exported) {
        return new DotGraph(CanonicalForm.of(exported.layer().graph()))
                .write(title(exported), exported.layer().affine());
    }

    /** The title, and on a line of their own the groups. */
    private static String title(ExportedLayer exported) {
        return exported.title()
                + exported.unusualGroups().map(groups -> "\\n" + groups).orElse("");
    }

    private String write(String title, boolean affine) {
        out.append("digraph layer {\n")
                .append("  graph [rankdir=TB, label=\"")
                .append(title)
                .append("\", labelloc=t, fontname=\"Helvetica\"];\n")
                .append("  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n")
                .append("  edge [fontname=\"Helvetica\", fontsize=10];\n");
        BitSet reachable = CanonicalForm.reachable(graph);
        for (int id = reachable.nextSetBit(0); id >= 0; id = reachable.nextSetBit(id + 1)) {
            if (id < LayerGraph.INITIAL_NODES) {
                node("n" + id, INITIAL_LABELS.get(id), ", shape=ellipse, style=solid");
            } else {
                node("n" + id, label(graph.node(id).primitive()), "");
                edges(id, graph.node(id));
            }
        }
        node("y", affine ? "y = gamma · z + beta" : "y", ", shape=ellipse, style=bold");
        edge(graph.output(), "y", affine ? "z" : "");
        return out.append("}\n").toString();
    }

    private void node(String name, String label, String style) {
        out.append("  ")
                .append(name)
                .append(" [label=\"")
                .append(label)
                .append("\"")
                .append(style)
                .append("];\n");
    }

    /** Edges of a division are labelled, since the order of its inputs matters. */
    private void edges(int id, Node node) {
        boolean isOrdered = node.primitive() == Elementwise.DIV;
        for (int i = 0; i < node.inputs().size(); i++) {
            edge(node.inputs().get(i), "n" + id, isOrdered ? i == 0 ? "over" : "under" : "");
        }
    }

    private void edge(int from, String to, String label) {
        out.append("  n")
                .append(from)
                .append(" -> ")
                .append(to)
                .append(label.isEmpty() ? "" : " [label=\"" + label + "\"]")
                .append(";\n");
    }

    private static String label(Primitive primitive) {
        if (primitive instanceof Aggregate aggregate) {
            String letters = aggregate.over().symbol().toLowerCase(Locale.ROOT);
            return aggregate.statistic().symbol() + " over "
                    + (aggregate.over() == IndexSet.WHCG ? "w, h, c of a group" : String.join(", ", letters.split("")));
        }
        return switch ((Elementwise) primitive) {
            case ADD -> "+";
            case MUL -> "×";
            case DIV -> "÷";
            case NEG -> "−";
            case SQUARE -> "square";
            case ABS, ERF, EXP, LOG, MAX, SIGMOID, SQRT, TANH -> primitive.symbol();
        };
    }
}
