package org.evonorm.report;

import java.util.Locale;
import java.util.stream.Collectors;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.TrainableVectors;

/** The graph of a layer as SVG, from left to right. The page gives the colours, by the classes of the elements. */
final class GraphDrawing {

    private static final int COLUMN = 96;
    private static final int ROW = 46;
    private static final int MARGIN = 8;
    private static final int NODE_HEIGHT = 28;
    private static final double CHARACTER = 7.8;

    private final LayerGraph graph;
    private final TrainableVectors vectors;
    private final GraphLayout layout;
    private final StringBuilder svg = new StringBuilder();

    private GraphDrawing(LayerGraph reduced, TrainableVectors vectors) {
        graph = reduced;
        this.vectors = vectors;
        layout = new GraphLayout(reduced);
    }

    /** The drawing: all nodes that the output depends on, and the trailing affine. */
    static String of(Layer layer) {
        return new GraphDrawing(CanonicalForm.reduced(layer.graph()), layer.vectors()).draw(layer.affine());
    }

    private String draw(boolean affine) {
        int columns = layout.columnCount() + (affine ? 1 : 0);
        double width = (columns - 1) * COLUMN + 2 * MARGIN + COLUMN;
        double height = layout.lastRow() * ROW + NODE_HEIGHT + 2 * MARGIN;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"graph\" role=\"img\""
                        + " aria-label=\"graph of the layer\""
                        + " width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">",
                width, height, width, height);
        layout.edges().forEach(this::drawEdge);
        double row = output().row;
        if (affine) {
            path("edge", x(output().column), y(row), x(layout.columnCount()), y(row));
        }
        layout.nodes().forEach(this::drawNode);
        if (affine) {
            box("affine", x(layout.columnCount()), y(row), "γ · + β", "trailing affine, one γ and β per channel");
        }
        return svg.append("</svg>").toString();
    }

    private GraphLayout.Vertex output() {
        for (GraphLayout.Vertex vertex : layout.nodes()) {
            if (vertex.node == graph.output()) {
                return vertex;
            }
        }
        throw new AssertionError("the output is always drawn");
    }

    private static double x(double column) {
        return MARGIN + COLUMN / 2.0 + column * COLUMN;
    }

    private static double y(double row) {
        return MARGIN + NODE_HEIGHT / 2.0 + row * ROW;
    }

    private void drawEdge(GraphLayout.Edge edge) {
        for (int i = 1; i < edge.path().size(); i++) {
            GraphLayout.Vertex from = edge.path().get(i - 1);
            GraphLayout.Vertex to = edge.path().get(i);
            path("edge", x(from.column), y(from.row), x(to.column), y(to.row));
        }
        GraphLayout.Vertex reader = edge.path().get(edge.path().size() - 1);
        Node node = graph.node(reader.node);
        if (node.primitive() == Elementwise.DIV
                && node.inputs().get(0).equals(edge.path().get(0).node)
                && !node.inputs().get(0).equals(node.inputs().get(1))) {
            GraphLayout.Vertex last = edge.path().get(edge.path().size() - 2);
            // The dividend is marked "a" at the end of its edge, on the side away from the other input.
            double rise = last.row <= reader.row ? -9 : 17;
            add(
                    "<text class=\"port\" x=\"%.1f\" y=\"%.1f\">a</text>",
                    x(reader.column) - COLUMN * 0.38, y(reader.row) + (last.row - reader.row) * ROW * 0.22 + rise);
        }
    }

    private void path(String style, double x1, double y1, double x2, double y2) {
        double middle = (x1 + x2) / 2;
        add(
                "<path class=\"%s\" d=\"M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f\"/>",
                style, x1, y1, middle, y1, middle, y2, x2, y2);
    }

    private void drawNode(GraphLayout.Vertex vertex) {
        if (vertex.node < LayerGraph.INITIAL_NODES) {
            String note = switch (vertex.node) {
                case LayerGraph.X -> "the input";
                case LayerGraph.ZERO -> "the constant 0";
                default -> "trainable, " + vectors.of(vertex.node).description();
            };
            box("initial", x(vertex.column), y(vertex.row), NodeText.name(vertex.node), note);
            return;
        }
        Node node = graph.node(vertex.node);
        String style = vertex.node == graph.output() ? "output" : "node";
        boolean divides = node.primitive() == Elementwise.DIV;
        box(style, x(vertex.column), y(vertex.row), divides ? "a ÷ b" : NodeText.symbol(node), NodeText.call(node));
    }

    private void box(String style, double x, double y, String text, String note) {
        double width = Math.max(NODE_HEIGHT, text.length() * CHARACTER + 14);
        add("<g class=\"%s\"><title>%s</title>", style, escaped(note));
        add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"%d\"/>",
                x - width / 2,
                y - NODE_HEIGHT / 2.0,
                width,
                NODE_HEIGHT,
                style.equals("initial") ? NODE_HEIGHT / 2 : 6);
        add("<text x=\"%.1f\" y=\"%.1f\">%s</text></g>", x, y + 5, escaped(text));
    }

    private static String escaped(String text) {
        return text.chars()
                .mapToObj(letter -> switch (letter) {
                    case '<' -> "&lt;";
                    case '>' -> "&gt;";
                    case '&' -> "&amp;";
                    case '"' -> "&quot;";
                    default -> Character.toString(letter);
                })
                .collect(Collectors.joining());
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
