package org.evonorm.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;

/**
 * The layout of a reduced graph in columns (layered graph drawing, Sugiyama's method). A node's column is its height,
 * an edge over several columns has a bend in each, and the nodes and bends of a column are ordered by the mean position
 * of their neighbours.
 */
final class GraphLayout {

    private static final int SWEEPS = 12;
    /** Least distance of two nodes of a column, in rows; a bend needs less space. */
    private static final double NODE_GAP = 1;

    private static final double BEND_GAP = 0.6;

    /** A node of the graph, or a bend of an edge, whose {@code node} is negative. */
    static final class Vertex {
        final int node;
        final int column;
        double row;
        final List<Vertex> before = new ArrayList<>();
        final List<Vertex> after = new ArrayList<>();

        private Vertex(int node, int column) {
            this.node = node;
            this.column = column;
        }

        boolean isBend() {
            return node < 0;
        }
    }

    /** An edge from a node to a reader: the vertices on it, bends included. */
    record Edge(List<Vertex> path) {}

    private final List<List<Vertex>> columns = new ArrayList<>();
    private final Map<Integer, Vertex> nodes = new HashMap<>();
    private final List<Edge> edges = new ArrayList<>();

    GraphLayout(LayerGraph reduced) {
        int[] column = columns(reduced);
        for (int id = 0; id < column.length; id++) {
            if (column[id] >= 0) {
                nodes.put(id, add(id, column[id]));
            }
        }
        for (int i = 0; i < reduced.nodes().size(); i++) {
            Vertex reader = nodes.get(LayerGraph.INITIAL_NODES + i);
            // A node that reads another node twice has one edge to it.
            reduced.nodes().get(i).inputs().stream().distinct().forEach(input -> connect(nodes.get(input), reader));
        }
        order();
        place();
    }

    List<Edge> edges() {
        return edges;
    }

    Iterable<Vertex> nodes() {
        return nodes.values();
    }

    int columnCount() {
        return columns.size();
    }

    /** The largest row; the smallest is 0. */
    double lastRow() {
        return columns.stream()
                .flatMap(List::stream)
                .mapToDouble(vertex -> vertex.row)
                .max()
                .orElse(0);
    }

    /**
     * The columns by node id. An initial node stands one column before its first reader, x in column 0; an initial node
     * without readers has column −1.
     */
    private static int[] columns(LayerGraph graph) {
        int[] column = new int[LayerGraph.INITIAL_NODES + graph.nodes().size()];
        int[] firstReader = new int[LayerGraph.INITIAL_NODES];
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            int height = 1
                    + node.inputs().stream()
                            .mapToInt(input -> column[input])
                            .max()
                            .orElse(0);
            column[LayerGraph.INITIAL_NODES + i] = height;
            node.inputs().stream()
                    .filter(input -> input < LayerGraph.INITIAL_NODES)
                    .forEach(input -> firstReader[input] =
                            firstReader[input] == 0 ? height : Math.min(firstReader[input], height));
        }
        for (int id = 0; id < LayerGraph.INITIAL_NODES; id++) {
            column[id] = firstReader[id] - 1;
        }
        if (column[LayerGraph.X] >= 0 || graph.isIdentity()) {
            column[LayerGraph.X] = 0;
        }
        return column;
    }

    private Vertex add(int node, int column) {
        while (columns.size() <= column) {
            columns.add(new ArrayList<>());
        }
        Vertex vertex = new Vertex(node, column);
        columns.get(column).add(vertex);
        vertex.row = columns.get(column).size() - 1;
        return vertex;
    }

    private void connect(Vertex from, Vertex to) {
        List<Vertex> path = new ArrayList<>(List.of(from));
        for (int column = from.column + 1; column < to.column; column++) {
            path.add(add(-1, column));
        }
        path.add(to);
        for (int i = 1; i < path.size(); i++) {
            path.get(i - 1).after.add(path.get(i));
            path.get(i).before.add(path.get(i - 1));
        }
        edges.add(new Edge(path));
    }

    /** Orders each column by the mean row of the neighbours, forwards and backwards in turn. */
    private void order() {
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            boolean forward = sweep % 2 == 0;
            for (int i = 0; i < columns.size(); i++) {
                List<Vertex> column = columns.get(forward ? i : columns.size() - 1 - i);
                Map<Vertex, Double> wanted = new HashMap<>();
                column.forEach(vertex -> wanted.put(vertex, mean(forward ? vertex.before : vertex.after, vertex.row)));
                column.sort(Comparator.comparingDouble(wanted::get));
                for (int row = 0; row < column.size(); row++) {
                    column.get(row).row = row;
                }
            }
        }
    }

    private static double mean(List<Vertex> neighbours, double otherwise) {
        return neighbours.stream().mapToDouble(vertex -> vertex.row).average().orElse(otherwise);
    }

    /** Moves every vertex towards its neighbours without changing the order in its column. */
    private void place() {
        for (int sweep = 0; sweep < 2 * SWEEPS; sweep++) {
            for (List<Vertex> column : columns) {
                for (Vertex vertex : column) {
                    List<Vertex> neighbours = new ArrayList<>(vertex.before);
                    neighbours.addAll(vertex.after);
                    vertex.row = mean(neighbours, vertex.row);
                }
                separate(column);
            }
        }
        double first = columns.stream()
                .flatMap(List::stream)
                .mapToDouble(vertex -> vertex.row)
                .min()
                .orElse(0);
        columns.forEach(column -> column.forEach(vertex -> vertex.row -= first));
    }

    /** Separates vertices that are too close, and shifts the column back so that its mean stays. */
    private static void separate(List<Vertex> column) {
        double middle = mean(column, 0);
        for (int i = 1; i < column.size(); i++) {
            Vertex above = column.get(i - 1);
            Vertex vertex = column.get(i);
            double gap = above.isBend() || vertex.isBend() ? BEND_GAP : NODE_GAP;
            vertex.row = Math.max(vertex.row, above.row + gap);
        }
        double shift = middle - mean(column, 0);
        column.forEach(vertex -> vertex.row += shift);
    }
}
