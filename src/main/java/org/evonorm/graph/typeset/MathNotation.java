package org.evonorm.graph.typeset;

import java.util.List;
import org.evonorm.graph.Aggregate;

/**
 * A language of formulas, such as LaTeX. Each method gives the text of one whole part of a formula, made from the texts
 * of its parts; the caller sets parentheses where they are needed.
 */
interface MathNotation {

    /** An equation, whose right side follows an equals sign. */
    record Equation(String left, String right) {}

    /** A function with a name in roman letters or, as sigma, with a letter of its own. */
    enum Function {
        MAX,
        SIGMOID,
        TANH,
        ERF,
        LN,
        SIGN,
        SIGNED_LOG,
        SIGNED_ROOT
    }

    /** Letters of formulas that are no variables of layers. */
    enum Greek {
        GAMMA,
        BETA,
        EPSILON
    }

    /** A variable: a letter, or a letter and a number that becomes its index. */
    String variable(String name);

    /** A Greek letter. */
    String greek(Greek letter);

    /** A number of one digit. */
    String number(int digit);

    String sum(String left, String right);

    String difference(String left, String right);

    String negated(String operand);

    /** A product without a sign. */
    String product(String left, String right);

    /** A product with a dot, before numbers. */
    String dotted(String left, String right);

    String fraction(String above, String below);

    String squared(String base);

    /** The number e to the power of the exponent. */
    String exponential(String exponent);

    String absolute(String operand);

    String root(String radicand);

    String parenthesized(String operand);

    /** A function of one or two inputs. */
    String call(Function function, List<String> inputs);

    /** A statistic over an index set, of one input. */
    String call(Aggregate statistic, String input);

    /** The whole formula: one equation, or several below each other with their equals signs aligned. */
    String whole(List<Equation> equations);
}
