package org.evonorm.evolution;

import java.io.Serializable;

/**
 * The shares of the variation operators that the paper does not have (docs/design.md, "Other proposals"). The
 * constructor throws IllegalArgumentException for a share out of range.
 *
 * @param crossover probability that a proposal that is no random graph is a child of two parents, from 0 to 1
 * @param insertion probability that a mutation inserts a node, from 0 to 1
 * @param removal   probability that a mutation removes a node, from 0 to 1 − insertion; other mutations change a node
 * @param learned   probability that a proposal draws its nodes from the learned distribution, from 0 to 1
 */
public record VariationShares(double crossover, double insertion, double removal, double learned)
        implements Serializable {

    /** The paper's procedure: none of these operators. */
    public static final VariationShares PAPER = new VariationShares(0, 0, 0, 0);

    public VariationShares {
        requireShare("crossovers", crossover);
        requireShare("insertions", insertion);
        requireShare("removals", removal);
        requireShare("insertions and removals", insertion + removal);
        requireShare("learned nodes", learned);
    }

    private static void requireShare(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("the share of " + name + " is from 0 to 1, not " + share);
        }
    }
}
