package org.evonorm.engine.cpu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.evonorm.network.Operator;

/**
 * Which convolutions add a residual connection themselves: those whose output nobody reads but a sum with an earlier
 * operator's. The sum then costs no pass over tensors of its own, and the output before it no memory.
 */
final class Residuals {

    /** By convolution, the operator that it adds. */
    private final Map<Integer, Integer> added = new HashMap<>();
    /** By sum, its convolution. */
    private final Map<Integer, Integer> convolutions = new HashMap<>();

    Residuals(List<Operator> operators) {
        for (int index = 0; index < operators.size(); index++) {
            if (operators.get(index) instanceof Operator.Add add && add.left() != add.right()) {
                int later = Math.max(add.left(), add.right());
                if (operators.get(later) instanceof Operator.Convolution && readers(operators, later) == 1) {
                    added.put(later, Math.min(add.left(), add.right()));
                    convolutions.put(index, later);
                }
            }
        }
    }

    private static long readers(List<Operator> operators, int operator) {
        return operators.stream()
                .filter(reader -> reader.inputs().contains(operator))
                .count();
    }

    /** The operator that a convolution adds. */
    OptionalInt addedBy(int convolution) {
        return at(added, convolution);
    }

    /** The convolution that leaves this sum. */
    OptionalInt convolutionOf(int sum) {
        return at(convolutions, sum);
    }

    private static OptionalInt at(Map<Integer, Integer> map, int key) {
        Integer value = map.get(key);
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
