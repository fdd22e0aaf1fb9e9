package org.evonorm.program;

import java.util.List;
import java.util.Map;

/**
 * Values in an order in which each comes after its inputs, and which of them leave the program.
 *
 * @param output     index of the layer's output
 * @param statistics indices of the channel vectors that feed the running statistics, one a distinct batch aggregate: the batch
 *                   mean, mean square or variance; empty in evaluation mode
 * @param gradients  indices of the derivatives with respect to X (a tensor) and to the trainable vectors in use, the latter
 *                   as means over batch, width and height; empty in evaluation mode. Absent where the derivative is zero
 */
public record Program(
        List<Instruction> instructions, int output, List<Integer> statistics, Map<Operation, Integer> gradients) {

    public Program {
        instructions = List.copyOf(instructions);
        statistics = List.copyOf(statistics);
        gradients = Map.copyOf(gradients);
    }

    /** The instruction with this index. */
    public Instruction at(int index) {
        return instructions.get(index);
    }
}
