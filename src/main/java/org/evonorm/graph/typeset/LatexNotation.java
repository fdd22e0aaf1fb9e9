package org.evonorm.graph.typeset;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.IndexSet;

/** LaTeX, for use in math mode with amsmath. */
final class LatexNotation implements MathNotation {

    @Override
    public String variable(String name) {
        String index = name.substring(1);
        if (index.isEmpty()) {
            return name;
        }
        return name.startsWith("v") ? "v_" + index : name.charAt(0) + "_{" + index + "}";
    }

    @Override
    public String greek(Greek letter) {
        return "\\" + letter.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String number(int digit) {
        return Integer.toString(digit);
    }

    @Override
    public String sum(String left, String right) {
        return left + " + " + right;
    }

    @Override
    public String difference(String left, String right) {
        return left + " - " + right;
    }

    @Override
    public String negated(String operand) {
        return "-" + operand;
    }

    @Override
    public String product(String left, String right) {
        return left + " " + right;
    }

    @Override
    public String dotted(String left, String right) {
        return left + " \\cdot " + right;
    }

    @Override
    public String fraction(String above, String below) {
        return "\\frac{" + above + "}{" + below + "}";
    }

    @Override
    public String squared(String base) {
        return base + "^2";
    }

    @Override
    public String exponential(String exponent) {
        return "e^{" + exponent + "}";
    }

    @Override
    public String absolute(String operand) {
        return "\\left|" + operand + "\\right|";
    }

    @Override
    public String root(String radicand) {
        return "\\sqrt{" + radicand + "}";
    }

    @Override
    public String parenthesized(String operand) {
        return "\\left(" + operand + "\\right)";
    }

    @Override
    public String call(Function function, List<String> inputs) {
        String name = switch (function) {
            case MAX -> "\\max";
            case SIGMOID -> "\\sigma";
            case TANH -> "\\tanh";
            case ERF -> "\\operatorname{erf}";
            case LN -> "\\ln";
            case SIGN -> "\\operatorname{sign}";
            case SIGNED_LOG -> "\\operatorname{slog}";
            case SIGNED_ROOT -> "\\operatorname{ssqrt}";
        };
        return name + parenthesized(String.join(", ", inputs));
    }

    @Override
    public String call(Aggregate aggregate, String input) {
        String function = switch (aggregate.statistic()) {
            case MEAN -> "\\mu";
            case RMS -> "\\operatorname{rms}";
            case STD -> "s";
        };
        String indices = TypesetLayer.axes(aggregate.over()).stream().collect(Collectors.joining(","));
        return function + "_{" + indices + (aggregate.over() == IndexSet.WHCG ? "/g}" : "}") + parenthesized(input);
    }

    @Override
    public String whole(List<Equation> equations) {
        return equations.size() == 1
                ? equations.get(0).left() + " = " + equations.get(0).right()
                : equations.stream()
                        .map(equation -> equation.left() + " &= " + equation.right())
                        .collect(Collectors.joining(" \\\\ ", "\\begin{aligned} ", " \\end{aligned}"));
    }
}
