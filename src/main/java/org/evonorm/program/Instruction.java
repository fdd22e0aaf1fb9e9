package org.evonorm.program;

import java.util.List;
import org.evonorm.graph.GroupRule;

/**
 * One instruction of a program: an operation applied to earlier values. Equal instructions have equal values, so a
 * program holds each only once.
 *
 * @param inputs   indices of earlier instructions
 * @param argument the number of a constant, the index of a running statistic, the code of a mean's {@link GroupRule},
 *                 else 0
 * @param extent   the dimensions over which the value varies
 */
public record Instruction(Operation operation, List<Integer> inputs, double argument, Extent extent) {

    public Instruction {
        inputs = List.copyOf(inputs);
    }

    /** The rule of the groups over which MEAN_G takes a mean. */
    public GroupRule groups() {
        return GroupRule.ofCode((int) argument);
    }

    /** The index of the instruction that gives the input number {@code position}, from 0. */
    public int input(int position) {
        return inputs.get(position);
    }
}
