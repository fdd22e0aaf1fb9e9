package org.evonorm.evolution;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The fitness of a layer: its validation accuracy in every network of the search, and its values in the further
 * objectives that the search asks for; each is an axis of Pareto selection. In a search with hurdles the accuracies are
 * those at the last hurdle that the layer reached, and layers of different reach differ by it alone: the one that was
 * trained further is fitter (docs/design.md, "Hurdles"). The constructor throws IllegalArgumentException for no
 * accuracy and for an accuracy out of range.
 *
 * @param accuracies from 0 to 1, in the order of the search's networks, at least one
 * @param reach      steps of the hurdle where the training was stopped; {@link #WHOLE} if it was not
 * @param earlier    accuracies at the hurdles before, rising; empty without hurdles
 * @param further    values in the objectives besides accuracy, in the order of the search's objectives
 */
public record Fitness(List<Double> accuracies, int reach, List<AtHurdle> earlier, List<ObjectiveValue> further)
        implements Serializable {

    /** The reach of a layer with all steps of training, more than the steps of any hurdle. */
    public static final int WHOLE = Integer.MAX_VALUE;

    /**
     * The accuracies at a hurdle.
     *
     * @param steps      steps of training at the hurdle
     * @param accuracies from 0 to 1, in the order of the search's networks
     */
    public record AtHurdle(int steps, List<Double> accuracies) implements Serializable {

        public AtHurdle {
            accuracies = List.copyOf(accuracies);
            requireShares(accuracies);
        }
    }

    public Fitness {
        accuracies = List.copyOf(accuracies);
        earlier = List.copyOf(earlier);
        further = List.copyOf(further);
        requireShares(accuracies);
    }

    private static void requireShares(List<Double> accuracies) {
        if (accuracies.isEmpty()) {
            throw new IllegalArgumentException("a fitness needs the accuracy in at least one network");
        }
        for (double accuracy : accuracies) {
            if (!(accuracy >= 0 && accuracy <= 1)) {
                throw new IllegalArgumentException("an accuracy is a share from 0 to 1, not " + accuracy);
            }
        }
    }

    /** The fitness in accuracy alone. */
    public Fitness(List<Double> accuracies, int reach, List<AtHurdle> earlier) {
        this(accuracies, reach, earlier, List.of());
    }

    /** The fitness in accuracy alone of a layer that was trained in one go, without hurdles. */
    public Fitness(List<Double> accuracies) {
        this(accuracies, WHOLE, List.of());
    }

    public Fitness(Double... accuracies) {
        this(List.of(accuracies));
    }

    /** The same accuracies with these values in the further objectives. */
    public Fitness with(List<ObjectiveValue> values) {
        return new Fitness(accuracies, reach, earlier, values);
    }

    /** The value in a further objective; empty if the search did not ask for it. */
    public OptionalDouble in(Objective objective) {
        return further.stream()
                .filter(value -> value.objective() == objective)
                .mapToDouble(ObjectiveValue::value)
                .findFirst();
    }

    /** Whether this is at least as good in every further objective, so that accuracy alone can be worse. */
    public boolean isAsGoodBesidesAccuracy(Fitness other) {
        requireSameAxes(other);
        for (int i = 0; i < further.size(); i++) {
            if (further.get(i).compare(other.further.get(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether the layer was trained with all steps. */
    public boolean isWhole() {
        return reach == WHOLE;
    }

    /** The accuracies at the hurdle after {@code steps} steps; empty if the layer was not scored there. */
    public Optional<List<Double>> at(int steps) {
        return reach == steps
                ? Optional.of(accuracies)
                : earlier.stream()
                        .filter(hurdle -> hurdle.steps() == steps)
                        .map(AtHurdle::accuracies)
                        .findFirst();
    }

    /** The order by reach, then by mean accuracy: below 0 if this is worse. */
    public int compareByMean(Fitness other) {
        return reach == other.reach ? Double.compare(mean(), other.mean()) : Integer.compare(reach, other.reach);
    }

    /** The mean accuracy over the networks, from 0 to 1. */
    public double mean() {
        double sum = 0;
        for (double accuracy : accuracies) {
            sum += accuracy;
        }
        return sum / accuracies.size();
    }

    /**
     * Pareto dominance: trained further; or as far, at least as accurate in every network and at least as good in every
     * further objective, and better in one of them. Equals do not dominate.
     */
    public boolean dominates(Fitness other) {
        requireSameAxes(other);
        if (reach != other.reach) {
            return reach > other.reach;
        }
        boolean better = false;
        for (int i = 0; i < accuracies.size(); i++) {
            double mine = accuracies.get(i);
            double theirs = other.accuracies.get(i);
            if (mine < theirs) {
                return false;
            }
            better |= mine > theirs;
        }
        for (int i = 0; i < further.size(); i++) {
            int order = further.get(i).compare(other.further.get(i));
            if (order < 0) {
                return false;
            }
            better |= order > 0;
        }
        return better;
    }

    /**
     * Lexicographic order over reach, networks and further objectives: above 0 if this was trained further, or is
     * better in the first of them with a difference.
     */
    int compareLexicographically(Fitness other) {
        requireSameAxes(other);
        if (reach != other.reach) {
            return Integer.compare(reach, other.reach);
        }
        for (int i = 0; i < accuracies.size(); i++) {
            int order = Double.compare(accuracies.get(i), other.accuracies.get(i));
            if (order != 0) {
                return order;
            }
        }
        for (int i = 0; i < further.size(); i++) {
            int order = further.get(i).compare(other.further.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private void requireSameAxes(Fitness other) {
        if (accuracies.size() != other.accuracies.size()) {
            throw new IllegalArgumentException("layers compare over the same networks, not over " + accuracies.size()
                    + " and " + other.accuracies.size());
        }
        if (further.size() != other.further.size()) {
            throw new IllegalArgumentException("layers compare over the same objectives, not over " + further.size()
                    + " and " + other.further.size() + " besides accuracy");
        }
    }
}
