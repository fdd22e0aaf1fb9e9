package org.evonorm.evolution;

import java.io.Serializable;
import java.util.List;

/**
 * The fitness of a layer: its validation accuracy in every network of the search, an objective each for Pareto
 * selection. The constructor throws IllegalArgumentException for no accuracy and for an accuracy out of range.
 *
 * @param accuracies from 0 to 1, in the order of the search's networks, at least one
 */
public record Fitness(List<Double> accuracies) implements Serializable {

    public Fitness {
        accuracies = List.copyOf(accuracies);
        if (accuracies.isEmpty()) {
            throw new IllegalArgumentException("a fitness needs the accuracy in at least one network");
        }
        for (double accuracy : accuracies) {
            if (!(accuracy >= 0 && accuracy <= 1)) {
                throw new IllegalArgumentException("an accuracy is a share from 0 to 1, not " + accuracy);
            }
        }
    }

    public Fitness(Double... accuracies) {
        this(List.of(accuracies));
    }

    /** The mean accuracy over the networks, from 0 to 1. */
    public double mean() {
        double sum = 0;
        for (double accuracy : accuracies) {
            sum += accuracy;
        }
        return sum / accuracies.size();
    }

    /** Pareto dominance: at least as accurate in every network and more accurate in one; equals do not dominate. */
    public boolean dominates(Fitness other) {
        requireSameNetworks(other);
        boolean better = false;
        for (int i = 0; i < accuracies.size(); i++) {
            double mine = accuracies.get(i);
            double theirs = other.accuracies.get(i);
            if (mine < theirs) {
                return false;
            }
            better |= mine > theirs;
        }
        return better;
    }

    /** Lexicographic order over the networks: above 0 if this is better in the first network with a difference. */
    int compareLexicographically(Fitness other) {
        requireSameNetworks(other);
        for (int i = 0; i < accuracies.size(); i++) {
            int order = Double.compare(accuracies.get(i), other.accuracies.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private void requireSameNetworks(Fitness other) {
        if (accuracies.size() != other.accuracies.size()) {
            throw new IllegalArgumentException("layers compare over the same networks, not over " + accuracies.size()
                    + " and " + other.accuracies.size());
        }
    }
}
