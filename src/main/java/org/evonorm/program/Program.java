package org.evonorm.program;

import java.util.List;
import java.util.Map;

/**
 * The program of a layer: instructions in topological order, and the indices of the results. Engines run programs, not
 * layer graphs, so that differentiation and simplification exist once.
 *
 * @param instructions each after its inputs
 * @param output       index of the layer's output, [B, H, W, C] or a smaller extent
 * @param statistics   indices of the vectors [C] that feed the running statistics, one per distinct batch aggregate:
 *                     the batch mean, mean square or biased variance; empty in evaluation mode
 * @param gradients    indices of the derivatives of the loss, by leaf: with respect to X, [B, H, W, C] or a smaller
 *                     extent, and with respect to the trainable vectors in use, [C] or a constant, as means over
 *                     batch, width and height, not sums. A leaf whose derivative is zero is absent; empty in
 *                     evaluation mode
 */
public record Program(
        List<Instruction> instructions, int output, List<Integer> statistics, Map<Operation, Integer> gradients) {

    public Program {
        instructions = List.copyOf(instructions);
        statistics = List.copyOf(statistics);
        gradients = Map.copyOf(gradients);
    }

    /** The instruction at this index. */
    public Instruction at(int index) {
        return instructions.get(index);
    }
}
