package org.evonorm.export.triton;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/** The elementwise operations of a program in Triton's language. */
final class KernelOperations {

    /** A text with the strength by which it binds: 1 a sum, 2 a product, 3 a sign, 4 a value. */
    record Text(String text, int strength) {

        static final int SUM = 1;
        static final int PRODUCT = 2;
        static final int SIGN = 3;
        static final int VALUE = 4;

        /** The text, in parentheses if it binds less strongly. */
        String atLeast(int wanted) {
            return strength >= wanted ? text : "(" + text + ")";
        }

        boolean isName() {
            return text.matches("\\w+");
        }
    }

    private final Program program;
    /** Whether divisors have no eps of their own. */
    private final boolean plainDivisors;

    private final Set<String> helpers = new TreeSet<>();

    KernelOperations(Program program, boolean plainDivisors) {
        this.program = program;
        this.plainDivisors = plainDivisors;
    }

    /** The helpers that the texts so far call. */
    Set<String> helpers() {
        return helpers;
    }

    /**
     * The text of an elementwise instruction.
     *
     * @param texts   the text of an input
     * @param names   the name of an input, which is given one if it has none
     * @param isPart whether an input's text may be taken apart, since nothing else uses it
     */
    Text of(Instruction instruction, IntFunction<Text> texts, IntFunction<String> names, IntPredicate isPart) {
        if (instruction.extent() != Extent.CONSTANT) {
            return elementwise(instruction, texts, names, isPart);
        }
        // Numbers alone have no type of their own; they get that of the computation.
        IntFunction<Text> typed = index -> program.at(index).operation() == Operation.CONSTANT
                ? call("tl.full", "[]", texts.apply(index).text(), "DTYPE")
                : texts.apply(index);
        return elementwise(instruction, typed, index -> typed.apply(index).atLeast(Text.VALUE), isPart);
    }

    private Text elementwise(
            Instruction instruction, IntFunction<Text> texts, IntFunction<String> names, IntPredicate isPart) {
        int first = instruction.input(0);
        int second = instruction.inputs().size() > 1 ? instruction.input(1) : first;
        return switch (instruction.operation()) {
            case ADD -> sum(texts.apply(first), " + ", texts.apply(second));
            case SUB -> sum(texts.apply(first), " - ", texts.apply(second));
            case MUL -> product(first, second, texts, isPart);
            case NEG -> new Text("-" + texts.apply(first).atLeast(Text.VALUE), Text.SIGN);
            case MAX ->
                helper("maximum", texts.apply(first).text(), texts.apply(second).text());
            case SQUARE -> new Text(names.apply(first) + " * " + names.apply(first), Text.PRODUCT);
            case ABS -> call("tl.abs", texts.apply(first).text());
            case EXP -> call("tl.exp", texts.apply(first).text());
            case SIGMOID -> call("tl.sigmoid", texts.apply(first).text());
            case ERF -> call("tl.erf", texts.apply(first).text());
            case TANH -> helper("tanh", texts.apply(first).text());
            case SIGN -> helper("sign", texts.apply(first).text());
            case ROOT -> call("tl.sqrt", withEpsilon(texts.apply(first).text()));
            case LOG -> signed("tl.log", texts.apply(first).text(), names.apply(first));
            case SQRT -> signed("tl.sqrt", texts.apply(first).text(), names.apply(first));
            case INVERSE -> new Text("1 / " + texts.apply(first).atLeast(Text.SIGN), Text.PRODUCT);
            case RECIPROCAL -> new Text("1 / " + divisor(first, texts).atLeast(Text.SIGN), Text.PRODUCT);
            case LOG_SLOPE ->
                new Text("1 / (" + withEpsilon("tl.abs(" + texts.apply(first).text() + ")") + ")", Text.PRODUCT);
            case SQRT_SLOPE ->
                new Text(
                        "0.5 / tl.sqrt("
                                + withEpsilon("tl.abs(" + texts.apply(first).text() + ")") + ")",
                        Text.PRODUCT);
            case GATE, GATE_LESS -> gate(instruction, texts);
            default -> throw new IllegalArgumentException(instruction.operation() + " is not elementwise");
        };
    }

    /** The literal of a constant. */
    static Text literal(Instruction constant) {
        double value = constant.argument();
        String text = value == Math.rint(value) && Math.abs(value) < 1e6
                ? String.format(Locale.ROOT, "%.1f", value)
                : Double.toString(value);
        return new Text(text, value < 0 ? Text.SIGN : Text.VALUE);
    }

    private static Text sum(Text a, String sign, Text b) {
        return new Text(a.atLeast(Text.SUM) + sign + b.atLeast(Text.PRODUCT), Text.SUM);
    }

    /** A product, as a quotient where a factor is a reciprocal. */
    private Text product(int first, int second, IntFunction<Text> texts, IntPredicate isPart) {
        for (int[] order : new int[][] {{first, second}, {second, first}}) {
            Instruction factor = program.at(order[1]);
            if (isPart.test(order[1])) {
                String dividend = texts.apply(order[0]).atLeast(Text.PRODUCT);
                if (factor.operation() == Operation.RECIPROCAL) {
                    return new Text(
                            dividend + " / " + divisor(factor.input(0), texts).atLeast(Text.SIGN), Text.PRODUCT);
                }
                if (factor.operation() == Operation.INVERSE) {
                    return new Text(
                            dividend + " / " + texts.apply(factor.input(0)).atLeast(Text.SIGN), Text.PRODUCT);
                }
            }
        }
        return new Text(
                texts.apply(first).atLeast(Text.PRODUCT) + " * "
                        + texts.apply(second).atLeast(Text.SIGN),
                Text.PRODUCT);
    }

    private Text gate(Instruction instruction, IntFunction<Text> texts) {
        String sign = instruction.operation() == Operation.GATE ? " >= " : " < ";
        return call(
                "tl.where",
                texts.apply(instruction.input(0)).atLeast(Text.SUM)
                        + sign
                        + texts.apply(instruction.input(1)).atLeast(Text.SUM),
                texts.apply(instruction.input(2)).text(),
                "0.0");
    }

    private Text signed(String function, String operand, String name) {
        helpers.add("sign");
        return new Text(
                function + "(" + withEpsilon("tl.abs(" + operand + ")") + ") * sign(" + name + ")", Text.PRODUCT);
    }

    private Text divisor(int index, IntFunction<Text> texts) {
        Text divisor = texts.apply(index);
        if (plainDivisors) {
            return divisor;
        }
        return isNonNegative(index)
                ? new Text(withEpsilon(divisor.atLeast(Text.SUM)), Text.SUM)
                : helper("nonzero_divisor", divisor.text(), "EPS");
    }

    /** Whether a value cannot be negative. */
    private boolean isNonNegative(int index) {
        Instruction instruction = program.at(index);
        return switch (instruction.operation()) {
            case ROOT, SQUARE, EXP, SIGMOID, ABS, VARIANCE_WH -> true;
            case CONSTANT -> instruction.argument() >= 0;
            case MAX -> isNonNegative(instruction.input(0)) || isNonNegative(instruction.input(1));
            case ADD, MUL -> isNonNegative(instruction.input(0)) && isNonNegative(instruction.input(1));
            default -> false;
        };
    }

    private static String withEpsilon(String text) {
        return text + " + EPS";
    }

    private Text helper(String name, String... operands) {
        helpers.add(name);
        return call(name, operands);
    }

    private static Text call(String function, String... operands) {
        return new Text(function + "(" + String.join(", ", operands) + ")", Text.VALUE);
    }
}
