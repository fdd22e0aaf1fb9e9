package org.evonorm.evolution;

import java.io.Serializable;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The selection in a tournament: the rule by which members are best. The paper selects by {@link Pareto} fronts and
 * compares with the other rules.
 */
public sealed interface Selection extends Serializable {

    /** The best of {@code members}, one of which wins; empty only for no members. */
    List<Evaluated> best(List<Evaluated> members);

    /** The Pareto front over all networks and further objectives. */
    record Pareto() implements Selection {
        @Override
        public List<Evaluated> best(List<Evaluated> members) {
            return ParetoFront.of(members, Evaluated::fitness);
        }
    }

    /** The members of the highest mean accuracy, among those that were trained furthest. */
    record Average() implements Selection {
        @Override
        public List<Evaluated> best(List<Evaluated> members) {
            return highest(members, Fitness::mean);
        }
    }

    /**
     * The members of the highest accuracy in one network, among those that were trained furthest; {@code network} is
     * its index in the search's networks.
     */
    record OneNetwork(int network) implements Selection {
        @Override
        public List<Evaluated> best(List<Evaluated> members) {
            return highest(members, fitness -> fitness.accuracies().get(network));
        }
    }

    /** Of the members that were trained furthest, those with the highest value. */
    private static List<Evaluated> highest(List<Evaluated> members, ToDoubleFunction<Fitness> value) {
        int reach = members.stream()
                .mapToInt(member -> member.fitness().reach())
                .max()
                .orElse(0);
        List<Evaluated> furthest = members.stream()
                .filter(member -> member.fitness().reach() == reach)
                .toList();
        double highest = furthest.stream()
                .mapToDouble(member -> value.applyAsDouble(member.fitness()))
                .max()
                .orElse(Double.NaN);
        return furthest.stream()
                .filter(member -> value.applyAsDouble(member.fitness()) == highest)
                .toList();
    }
}
