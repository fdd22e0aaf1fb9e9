package org.evonorm.graph.variation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.NodeDistribution;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.SearchSpace;

/**
 * The distribution of nodes that is learned from survivors: a primitive is as likely as the share of its nodes that
 * survived, and so is an input, given the primitive and its position. What was seldom proposed stays near the mean by
 * smoothing, so that everything keeps some probability.
 */
public final class LearnedNodes implements NodeDistribution {

    private static final long serialVersionUID = 1;

    private final SearchSpace space;
    private final NodeSurvival survival;
    private final double[] weights;

    /**
     * @param space    primitives and inputs to draw from
     * @param survival counts of survivors and proposals
     * @throws IllegalArgumentException if nothing survived
     */
    public LearnedNodes(SearchSpace space, NodeSurvival survival) {
        if (!survival.hasSurvivors()) {
            throw new IllegalArgumentException("nothing can be learned where no proposal survived");
        }
        this.space = space;
        this.survival = survival;
        this.weights = space.primitives().stream().mapToDouble(survival::share).toArray();
    }

    @Override
    public Node draw(List<Node> earlier, RandomGenerator random) {
        Primitive primitive = space.primitives().get(drawn(weights, random));
        List<Integer> inputs = new ArrayList<>(primitive.arity());
        for (int position = 0; position < primitive.arity(); position++) {
            inputs.add(space.input(drawn(inputWeights(primitive, position, earlier), random)));
        }
        return new Node(primitive, inputs);
    }

    private double[] inputWeights(Primitive primitive, int position, List<Node> earlier) {
        double[] shares = new double[space.inputs(LayerGraph.INITIAL_NODES + earlier.size())];
        for (int draw = 0; draw < shares.length; draw++) {
            shares[draw] = survival.share(primitive, position, NodeSurvival.source(space.input(draw), earlier));
        }
        return shares;
    }

    /** An index, each as likely as its weight. */
    private static int drawn(double[] weights, RandomGenerator random) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double left = random.nextDouble() * sum;
        int index = 0;
        while (index < weights.length - 1 && left >= weights[index]) {
            left -= weights[index];
            index++;
        }
        return index;
    }
}
