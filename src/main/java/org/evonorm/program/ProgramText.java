package org.evonorm.program;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.evonorm.graph.GroupRule;

/** The text form of programs, one instruction per line, for people who follow a layer through the compiler. */
public final class ProgramText {

    private final Program program;

    private ProgramText(Program program) {
        this.program = program;
    }

    /** The instructions that the output and the batch statistics need, and the two named. */
    public static String forward(Program program) {
        ProgramText text = new ProgramText(program);
        StringBuilder lines = text.lines(text.needed());
        lines.append("output = ").append(name(program.output())).append('\n');
        for (int i = 0; i < program.statistics().size(); i++) {
            lines.append("statistic ")
                    .append(i)
                    .append(" = ")
                    .append(name(program.statistics().get(i)))
                    .append('\n');
        }
        return lines.toString();
    }

    /** The instructions that the gradients alone need, and the gradients named. */
    public static String derivative(Program program) {
        ProgramText text = new ProgramText(program);
        BitSet others = text.ancestors(program.gradients().values());
        others.andNot(text.needed());
        StringBuilder lines = text.lines(others);
        program.gradients().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(gradient -> lines.append("gradient of ")
                        .append(gradient.getKey())
                        .append(" = ")
                        .append(name(gradient.getValue()))
                        .append('\n'));
        return lines.toString();
    }

    /** The name of a value: {@code %} and the index of its instruction. */
    public static String name(int value) {
        return "%" + value;
    }

    /** Names of several values, separated by commas. */
    public static String names(List<Integer> values) {
        return values.stream().map(ProgramText::name).collect(Collectors.joining(", "));
    }

    private StringBuilder lines(BitSet values) {
        StringBuilder lines = new StringBuilder();
        values.stream().forEach(value -> lines.append(line(value)).append('\n'));
        return lines;
    }

    private String line(int value) {
        Instruction instruction = program.at(value);
        String operands = names(instruction.inputs());
        String argument = switch (instruction.operation()) {
            case CONSTANT -> " " + instruction.argument();
            case MEAN_G ->
                " " + operands
                        + (instruction.groups().equals(GroupRule.DEFAULT)
                                ? ""
                                : " " + instruction.groups().text());
            case RUNNING_STATISTIC -> " " + (int) instruction.argument();
            default -> operands.isEmpty() ? "" : " " + operands;
        };
        return name(value) + " = " + instruction.operation() + argument + shape(instruction.extent());
    }

    private static String shape(Extent extent) {
        return switch (extent) {
            case CONSTANT -> "";
            case CHANNEL -> "  [C]";
            case SAMPLE_CHANNEL -> "  [B, C]";
            case PIXEL -> "  [B, H, W, 1]";
            case TENSOR -> "  [B, H, W, C]";
        };
    }

    /** The values on which the output and the statistics depend. */
    private BitSet needed() {
        List<Integer> roots = new ArrayList<>(program.statistics());
        roots.add(program.output());
        return ancestors(roots);
    }

    private BitSet ancestors(Collection<Integer> roots) {
        BitSet needed = new BitSet();
        roots.forEach(needed::set);
        for (int value = program.instructions().size() - 1; value >= 0; value--) {
            if (needed.get(value)) {
                program.at(value).inputs().forEach(needed::set);
            }
        }
        return needed;
    }
}
