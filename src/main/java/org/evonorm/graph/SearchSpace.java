package org.evonorm.graph;

import java.io.Serializable;
import java.util.List;

/**
 * The search space of random graphs and mutation: all that a draw may choose from (docs/design.md, "Random graphs and
 * mutation"). The constructor throws IllegalArgumentException if the primitives can make no layer: an aggregate has the
 * same value at all pixels, so a layer needs an elementwise primitive, and its graph needs x.
 *
 * @param primitives   the primitives, each as likely as any other
 * @param initialNodes ids of the initial nodes that may be inputs, in ascending order; {@link LayerGraph#X} is one
 * @param vectors      shapes and start values of the vectors of new layers
 * @param groups       the rule of groups of new layers
 */
public record SearchSpace(
        List<Primitive> primitives, List<Integer> initialNodes, TrainableVectors vectors, GroupRule groups)
        implements Serializable {

    private static final List<Integer> ALL_INITIAL_NODES =
            List.of(LayerGraph.X, LayerGraph.ZERO, LayerGraph.V0, LayerGraph.V1);

    public SearchSpace {
        primitives = List.copyOf(primitives);
        initialNodes = List.copyOf(initialNodes);
        if (primitives.stream().noneMatch(Elementwise.class::isInstance)) {
            throw new IllegalArgumentException("without an elementwise primitive no layer can be made, since an"
                    + " aggregate has the same value at all pixels or at all channels");
        }
        if (!initialNodes.contains(LayerGraph.X)) {
            throw new IllegalArgumentException("without x as an input no layer can be made");
        }
    }

    /** A search space whose layers have groups of 8 channels. */
    public SearchSpace(List<Primitive> primitives, List<Integer> initialNodes, TrainableVectors vectors) {
        this(primitives, initialNodes, vectors, GroupRule.DEFAULT);
    }

    /** The paper's search space of a family. */
    public static SearchSpace of(Family family) {
        return new SearchSpace(family.primitives(), ALL_INITIAL_NODES, TrainableVectors.PAPER);
    }

    /** The layer of a new graph, with the trailing affine. */
    public Layer layer(LayerGraph graph) {
        return new Layer(graph, true, vectors, groups);
    }

    /**
     * The layer of a mutated graph, with the trailing affine: vectors and groups that the parent uses stay as they are,
     * others are those of new layers.
     */
    public Layer mutant(Layer parent, LayerGraph graph) {
        return new Layer(
                graph,
                true,
                parent.vectors().whereReached(parent.graph(), vectors),
                parent.groups().whereReached(parent.graph(), groups));
    }

    /**
     * The layer of a crossover's graph, with the trailing affine: vectors and groups that the base uses stay as they
     * are there, those that the donor alone uses as in the donor, and others are those of new layers.
     */
    public Layer child(Layer base, Layer donor, LayerGraph graph) {
        TrainableVectors behind = donor.vectors().whereReached(donor.graph(), vectors);
        GroupRule groupsBehind = donor.groups().whereReached(donor.graph(), groups);
        return new Layer(
                graph,
                true,
                base.vectors().whereReached(base.graph(), behind),
                base.groups().whereReached(base.graph(), groupsBehind));
    }

    /** The input number {@code draw} of node {@code id}: an initial node of the space or an earlier node. */
    public int input(int draw) {
        return draw < initialNodes.size()
                ? initialNodes.get(draw)
                : LayerGraph.INITIAL_NODES + draw - initialNodes.size();
    }

    /** Number of inputs that node {@code id} may have. */
    public int inputs(int id) {
        return initialNodes.size() + id - LayerGraph.INITIAL_NODES;
    }
}
