package org.evonorm.graph;

/** A statistic over an index set, broadcast back to the shape of its input. */
public record Aggregate(Statistic statistic, IndexSet over) implements Primitive {

    @Override
    public int arity() {
        return 1;
    }

    @Override
    public String symbol() {
        return statistic.symbol() + "_" + over.symbol();
    }
}
