package org.evonorm.graph;

/**
 * The search space with all that the paper's has not: erf, one value per layer with starts of its own, and four groups.
 */
public final class WideSpace {

    private WideSpace() {}

    /** The space with every primitive that the family allows. */
    public static SearchSpace of(Family family) {
        return new SearchSpace(
                Primitive.all().stream().filter(family::allows).toList(),
                SearchSpace.of(family).initialNodes(),
                new TrainableVectors(
                        new TrainableVector(TrainableVector.Per.LAYER, -0.25),
                        new TrainableVector(TrainableVector.Per.LAYER, 0.5)),
                new GroupRule(GroupRule.Kind.COUNT, 4));
    }
}
