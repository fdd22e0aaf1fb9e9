package org.evonorm.engine.cpu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.evonorm.network.Operator;

/**
 * The residual connections that convolutions add themselves: sums of an earlier operator's output with the output of a
 * convolution without bias that only the sum reads. Such a sum needs no pass over tensors of its own, and the output of the
 * convolution without the sum no memory.
 */
final class Residuals {

    /** By convolution, the operator whose output it adds. */
    private final Map<Integer, Integer> added = new HashMap<>();
    /** By sum, the convolution that computes it. */
    private final Map<Integer, Integer> convolutions = new HashMap<>();

    Residuals(List<Operator> operators) {
        for (int index = 0; index < operators.size(); index++) {
            if (operators.get(index) instanceof Operator.Add add && add.left() != add.right()) {
                int later = Math.max(add.left(), add.right());
                if (operators.get(later) instanceof Operator.Convolution convolution
                        && !convolution.hasBias()
                        && readers(operators, later) == 1) {
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

    /** The operator whose output a convolution adds, if any. */
    OptionalInt addedBy(int convolution) {
        return at(added, convolution);
    }

    /** The convolution that computes a sum, if any. */
    OptionalInt convolutionOf(int sum) {
        return at(convolutions, sum);
    }

    private static OptionalInt at(Map<Integer, Integer> map, int key) {
        Integer value = map.get(key);
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
