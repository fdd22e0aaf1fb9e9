package org.evonorm.program;

import java.util.List;

/**
 * One value of a program.
 *
 * @param inputs   indices of earlier instructions
 * @param argument the number of a constant, the index of an average, else 0
 */
public record Instruction(Operation operation, List<Integer> inputs, double argument, Extent extent) {

    public Instruction {
        inputs = List.copyOf(inputs);
    }

    /** The index of the instruction's input number {@code position}. */
    public int input(int position) {
        return inputs.get(position);
    }
}
