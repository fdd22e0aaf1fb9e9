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

    /** Index of the convolution → index of the sum. */
    private final Map<Integer, Integer> sumOf = new HashMap<>();
    /** Index of the sum → index of its convolution. */
    private final Map<Integer, Integer> convolutionOf = new HashMap<>();
    private final List<Operator> operators;

    Residuals(List<Operator> operators) {
        this.operators = operators;
        for (int index = 0; index < operators.size(); index++) {
            if (operators.get(index) instanceof Operator.Add add) {
                int later = Math.max(add.left(), add.right());
                if (add.left() != add.right() && operators.get(later) instanceof Operator.Convolution
                        && readers(later) == 1) {
                    sumOf.put(later, index);
                    convolutionOf.put(index, later);
                }
            }
        }
    }

    private long readers(int operator) {
        return operators.stream().filter(reader -> reader.inputs().contains(operator)).count();
    }

    /** The operator that a convolution adds. */
    OptionalInt addedBy(int convolution) {
        Integer sum = sumOf.get(convolution);
        if (sum == null) {
            return OptionalInt.empty();
        }
        Operator.Add add = (Operator.Add) operators.get(sum);
        return OptionalInt.of(Math.min(add.left(), add.right()));
    }

    /** The convolution that leaves this sum. */
    OptionalInt convolutionOf(int sum) {
        Integer convolution = convolutionOf.get(sum);
        return convolution == null ? OptionalInt.empty() : OptionalInt.of(convolution);
    }
}
