package org.evonorm.evolution;

import java.io.Serializable;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Which members of a tournament may win it; the paper uses the first and compares it with the others. */
public sealed interface Selection extends Serializable {

    /** Those of {@code members} that may win: at least one where there is at least one member. */
    List<Evaluated> best(List<Evaluated> members);

    /** The Pareto front over all networks. */
    record Pareto() implements Selection {
        @Override
        public List<Evaluated> best(List<Evaluated> members) {
            return ParetoFront.of(members, Evaluated::fitness);
        }
    }

    /** Those of the highest mean accuracy. */
    record Average() implements Selection {
        @Override
        public List<Evaluated> best(List<Evaluated> members) {
            return highest(members, Fitness::mean);
        }
    }

    /** Those of the highest accuracy in one network; {@code network} is its position in the search's networks. */
    record OneNetwork(int network) implements Selection {
        @Override
        public List<Evaluated> best(List<Evaluated> members) {
            return highest(members, fitness -> fitness.accuracies().get(network));
        }
    }

    private static List<Evaluated> highest(List<Evaluated> members, ToDoubleFunction<Fitness> value) {
        double highest = members.stream()
                .mapToDouble(member -> value.applyAsDouble(member.fitness()))
                .max()
                .orElse(Double.NaN);
        return members.stream()
                .filter(member -> value.applyAsDouble(member.fitness()) == highest)
                .toList();
    }
}
