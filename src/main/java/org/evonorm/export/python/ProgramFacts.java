package org.evonorm.export.python;

import java.util.Optional;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/** Facts about the values of a program for which PyTorch has shorter ways. */
final class ProgramFacts {

    private ProgramFacts() {}

    /** Whether a value cannot be negative. */
    static boolean isNonNegative(Program program, int index) {
        Instruction instruction = program.at(index);
        return switch (instruction.operation()) {
            case ROOT, SQUARE, EXP, SIGMOID, ABS, VARIANCE_WH -> true;
            case CONSTANT -> instruction.argument() >= 0;
            case MAX -> isNonNegative(program, instruction.input(0)) || isNonNegative(program, instruction.input(1));
            case ADD, MUL ->
                isNonNegative(program, instruction.input(0)) && isNonNegative(program, instruction.input(1));
            default -> false;
        };
    }

    /** The sigmoid or tanh y whose derivative a map is: y − y² or 1 − y². */
    static Optional<Integer> slopeOf(Program program, int index) {
        Instruction difference = program.at(index);
        if (difference.operation() != Operation.SUB || difference.extent() != Extent.TENSOR) {
            return Optional.empty();
        }
        Instruction square = program.at(difference.input(1));
        if (square.operation() != Operation.SQUARE) {
            return Optional.empty();
        }
        int y = square.input(0);
        Operation function = program.at(y).operation();
        Instruction from = program.at(difference.input(0));
        boolean isSigmoid = function == Operation.SIGMOID && difference.input(0) == y;
        boolean isTanh = function == Operation.TANH && from.operation() == Operation.CONSTANT && from.argument() == 1;
        return isSigmoid || isTanh ? Optional.of(y) : Optional.empty();
    }
}
