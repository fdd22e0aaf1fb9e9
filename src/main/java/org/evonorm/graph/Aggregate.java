package org.evonorm.graph;

/**
 * An aggregate: a statistic over an index set, broadcast back to the shape [B, H, W, C] of its input (paper, table 1).
 */
public record Aggregate(Statistic statistic, IndexSet over) implements Primitive {

    @Override
    public int arity() {
        return 1;
    }

    @Override
    public boolean isInPaper() {
        return over.isInPaper();
    }

    @Override
    public String symbol() {
        return statistic.symbol() + "_" + over.symbol();
    }
}
