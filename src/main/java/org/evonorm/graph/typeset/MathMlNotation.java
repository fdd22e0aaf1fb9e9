package org.evonorm.graph.typeset;

import java.util.List;
import java.util.stream.Collectors;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.IndexSet;

/** MathML Core, which browsers typeset without a library. Every part is one element. */
final class MathMlNotation implements MathNotation {

    private static final String APPLIED = "<mo>&#x2061;</mo>";
    private static final String TIMES = "<mo>&#x2062;</mo>";

    @Override
    public String variable(String name) {
        String letter = "<mi>" + name.charAt(0) + "</mi>";
        return name.length() == 1 ? letter : "<msub>" + letter + "<mn>" + name.substring(1) + "</mn></msub>";
    }

    @Override
    public String greek(Greek letter) {
        return "<mi>"
                + switch (letter) {
                    case GAMMA -> "γ";
                    case BETA -> "β";
                    case EPSILON -> "ε";
                }
                + "</mi>";
    }

    @Override
    public String number(int digit) {
        return "<mn>" + digit + "</mn>";
    }

    @Override
    public String sum(String left, String right) {
        return row(left, "<mo>+</mo>", right);
    }

    @Override
    public String difference(String left, String right) {
        return row(left, "<mo>−</mo>", right);
    }

    @Override
    public String negated(String operand) {
        return row("<mo>−</mo>", operand);
    }

    @Override
    public String product(String left, String right) {
        return row(left, TIMES, right);
    }

    @Override
    public String dotted(String left, String right) {
        return row(left, "<mo>⋅</mo>", right);
    }

    @Override
    public String fraction(String above, String below) {
        return "<mfrac>" + above + below + "</mfrac>";
    }

    @Override
    public String squared(String base) {
        return "<msup>" + base + "<mn>2</mn></msup>";
    }

    @Override
    public String exponential(String exponent) {
        return "<msup><mi>e</mi>" + exponent + "</msup>";
    }

    @Override
    public String absolute(String operand) {
        return fenced("|", operand, "|");
    }

    @Override
    public String root(String radicand) {
        return "<msqrt>" + radicand + "</msqrt>";
    }

    @Override
    public String parenthesized(String operand) {
        return fenced("(", operand, ")");
    }

    @Override
    public String call(Function function, List<String> inputs) {
        String name = switch (function) {
            case MAX -> "max";
            case SIGMOID -> "σ";
            case TANH -> "tanh";
            case ERF -> "erf";
            case LN -> "ln";
            case SIGN -> "sign";
            case SIGNED_LOG -> "slog";
            case SIGNED_ROOT -> "ssqrt";
        };
        return row("<mi>" + name + "</mi>", APPLIED, parenthesized(String.join("<mo>,</mo>", inputs)));
    }

    @Override
    public String call(Aggregate aggregate, String input) {
        String function = switch (aggregate.statistic()) {
            case MEAN -> "μ";
            case RMS -> "rms";
            case STD -> "s";
        };
        String indices = TypesetLayer.axes(aggregate.over()).stream()
                .map(this::variable)
                .collect(Collectors.joining("<mo>,</mo>"));
        String groups = aggregate.over() == IndexSet.WHCG ? "<mo>/</mo><mi>g</mi>" : "";
        return row("<msub><mi>" + function + "</mi>" + row(indices, groups) + "</msub>", APPLIED, parenthesized(input));
    }

    @Override
    public String whole(List<Equation> equations) {
        String lines = equations.stream()
                .map(equation -> "<mtr>" + cell("right", equation.left()) + "<mtd><mo>=</mo></mtd>"
                        + cell("left", equation.right()) + "</mtr>")
                .collect(Collectors.joining());
        return "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"block\"><mtable displaystyle=\"true\">"
                + lines + "</mtable></math>";
    }

    /** A cell of a table. Chromium moves the contents by its own name of the side alone, since they are a block. */
    private static String cell(String side, String contents) {
        return "<mtd style=\"text-align: " + side + "; text-align: -webkit-" + side + "\">" + contents + "</mtd>";
    }

    private static String fenced(String open, String inside, String close) {
        // Fences of one line keep its height; fonts without mathematical signs would double it for an index.
        boolean tall = inside.contains("<mfrac>");
        return row(fence(open, tall), inside, fence(close, tall));
    }

    private static String fence(String sign, boolean stretchy) {
        return "<mo stretchy=\"" + stretchy + "\" fence=\"true\">" + sign + "</mo>";
    }

    private static String row(String... parts) {
        return "<mrow>" + String.join("", parts) + "</mrow>";
    }
}
