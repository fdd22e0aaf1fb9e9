package org.evonorm.graph;

import java.util.List;
import java.util.Set;

/**
 * The two families of layers, which differ in the index sets of their aggregates (paper, section 3.1). A search draws
 * primitives from one family.
 */
public enum Family {
    /** Batch-dependent layers: every index set. */
    B(IndexSet.values()),
    /** Sample-based layers: no index set with the batch, so a sample's output does not depend on the other samples. */
    S(IndexSet.WHC, IndexSet.WH, IndexSet.WHCG, IndexSet.C);

    private final Set<IndexSet> indexSets;

    Family(IndexSet... indexSets) {
        this.indexSets = Set.of(indexSets);
    }

    /**
     * The paper's primitives of the family: the elementwise ones of the paper, then every statistic over every index
     * set of the paper that the family allows.
     */
    public List<Primitive> primitives() {
        return Primitive.all().stream()
                .filter(this::allows)
                .filter(Primitive::isInPaper)
                .toList();
    }

    /** Whether a primitive takes no index set that the family has not. */
    public boolean allows(Primitive primitive) {
        return !(primitive instanceof Aggregate aggregate) || indexSets.contains(aggregate.over());
    }

    /** Whether every node of {@code graph}, reachable or not, takes an index set of this family or none. */
    public boolean allows(LayerGraph graph) {
        return graph.nodes().stream().map(Node::primitive).allMatch(this::allows);
    }
}
