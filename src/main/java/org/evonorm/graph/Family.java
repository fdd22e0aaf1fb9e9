package org.evonorm.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The two families of layers, which differ in the index sets of their aggregates (paper, section 3.1). A search draws
 * primitives from one family.
 */
public enum Family {
    /** Batch-dependent layers: every index set. */
    B(IndexSet.values()),
    /** Sample-based layers: no index set with the batch, so a sample's output does not depend on the other samples. */
    S(IndexSet.WHC, IndexSet.WH, IndexSet.WHCG);

    private final List<Primitive> primitives;

    Family(IndexSet... indexSets) {
        List<Primitive> list = new ArrayList<>(Arrays.asList(Elementwise.values()));
        for (Statistic statistic : Statistic.values()) {
            for (IndexSet indexSet : indexSets) {
                list.add(new Aggregate(statistic, indexSet));
            }
        }
        primitives = List.copyOf(list);
    }

    /** The primitives of the family: the elementwise ones, then every statistic over every allowed index set. */
    public List<Primitive> primitives() {
        return primitives;
    }

    /** Whether every node of {@code graph}, reachable or not, is a primitive of this family. */
    public boolean allows(LayerGraph graph) {
        return graph.nodes().stream().map(Node::primitive).allMatch(primitives::contains);
    }
}
