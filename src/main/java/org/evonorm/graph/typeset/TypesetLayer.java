package org.evonorm.graph.typeset;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.SharedSubexpressions;
import org.evonorm.graph.typeset.MathNotation.Equation;
import org.evonorm.graph.typeset.MathNotation.Function;
import org.evonorm.graph.typeset.MathNotation.Greek;

/**
 * The typeset form of layers, {@code y = γ … + β}. Only reachable nodes are written; shared subexpressions of long
 * formulas get lines of their own, and so do the signed log and root where they are used. The eps that guards divisions
 * is left out, for legibility.
 */
public final class TypesetLayer {

    // How strongly an operator binds its operands.
    private static final int SUM = 1;
    private static final int PRODUCT = 2;
    private static final int POWER = 3;
    private static final int VALUE = 4;

    /**
     * A part of the formula.
     *
     * @param strength how strongly its outermost operator binds
     * @param isNumber whether it begins with a digit, which after a factor would look like a part of it
     */
    private record Part(String text, int strength, boolean isNumber) {}

    private final LayerGraph graph;
    private final MathNotation notation;
    private final Map<Integer, String> names;
    private final Part[] parts;

    private TypesetLayer(LayerGraph reduced, MathNotation notation) {
        this.graph = reduced;
        this.notation = notation;
        this.names = SharedSubexpressions.names(reduced);
        this.parts = new Part[LayerGraph.INITIAL_NODES + reduced.nodes().size()];
    }

    /** The layer in LaTeX, for use in math mode with amsmath. */
    public static String latex(Layer layer) {
        return print(layer, new LatexNotation());
    }

    /** The layer in MathML Core: an element {@code math} of its own block. */
    public static String mathMl(Layer layer) {
        return print(layer, new MathMlNotation());
    }

    private static String print(Layer layer, MathNotation notation) {
        return new TypesetLayer(CanonicalForm.reduced(layer.graph()), notation).write(layer.affine());
    }

    private String write(boolean affine) {
        parts[LayerGraph.X] = value(notation.variable("x"));
        parts[LayerGraph.ZERO] = new Part(notation.number(0), VALUE, true);
        parts[LayerGraph.V0] = value(notation.variable("v0"));
        parts[LayerGraph.V1] = value(notation.variable("v1"));
        List<Equation> equations = new ArrayList<>();
        for (int id = LayerGraph.INITIAL_NODES; id < parts.length; id++) {
            parts[id] = part(graph.node(id));
            if (names.containsKey(id)) {
                String name = notation.variable(names.get(id));
                equations.add(new Equation(name, text(id)));
                parts[id] = value(name);
            }
        }
        equations.add(0, new Equation(notation.variable("y"), output(affine)));
        addDefinitions(equations);
        return notation.whole(equations);
    }

    private String output(boolean affine) {
        return affine
                ? notation.sum(
                        notation.product(notation.greek(Greek.GAMMA), atLeast(graph.output(), PRODUCT)),
                        notation.greek(Greek.BETA))
                : text(graph.output());
    }

    private void addDefinitions(List<Equation> equations) {
        if (uses(Elementwise.LOG)) {
            equations.add(definition(Function.SIGNED_LOG, notation.call(Function.LN, List.of(guarded()))));
        }
        if (uses(Elementwise.SQRT)) {
            equations.add(definition(Function.SIGNED_ROOT, notation.root(guarded())));
        }
    }

    private boolean uses(Elementwise primitive) {
        return graph.nodes().stream().anyMatch(node -> node.primitive() == primitive);
    }

    private Equation definition(Function function, String ofAbsolute) {
        List<String> variable = List.of(notation.variable("t"));
        return new Equation(
                notation.call(function, variable),
                notation.product(notation.call(Function.SIGN, variable), ofAbsolute));
    }

    private String guarded() {
        return notation.sum(notation.absolute(notation.variable("t")), notation.greek(Greek.EPSILON));
    }

    private Part part(Node node) {
        int a = node.inputs().get(0);
        int b = node.inputs().get(node.inputs().size() - 1);
        if (node.primitive() instanceof Aggregate aggregate) {
            return value(notation.call(aggregate, text(a)));
        }
        return switch ((Elementwise) node.primitive()) {
            case ADD -> sum(a, b);
            case MUL -> product(a, b);
            case DIV -> new Part(notation.fraction(text(a), text(b)), POWER, false);
            case MAX -> value(notation.call(Function.MAX, List.of(text(a), text(b))));
            case NEG -> new Part(notation.negated(atLeast(a, PRODUCT)), SUM, false);
            case SIGMOID -> call(Function.SIGMOID, a);
            case TANH -> call(Function.TANH, a);
            case EXP -> exponential(a);
            case LOG -> call(Function.SIGNED_LOG, a);
            case ABS -> value(notation.absolute(text(a)));
            case SQUARE -> new Part(notation.squared(atLeast(a, VALUE)), POWER, beginsWithDigit(a, VALUE));
            case SQRT -> call(Function.SIGNED_ROOT, a);
            case ERF -> call(Function.ERF, a);
        };
    }

    private static Part value(String text) {
        return new Part(text, VALUE, false);
    }

    private Part call(Function function, int input) {
        return value(notation.call(function, List.of(text(input))));
    }

    private Part sum(int a, int b) {
        boolean difference = b >= LayerGraph.INITIAL_NODES
                && !names.containsKey(b)
                && graph.node(b).primitive() == Elementwise.NEG;
        String text = difference
                ? notation.difference(text(a), atLeast(graph.node(b).inputs().get(0), PRODUCT))
                : notation.sum(text(a), atLeast(b, PRODUCT));
        return new Part(text, SUM, beginsWithDigit(a, SUM));
    }

    private Part product(int a, int b) {
        String left = atLeast(a, PRODUCT);
        String right = atLeast(b, POWER);
        String text = beginsWithDigit(b, POWER) ? notation.dotted(left, right) : notation.product(left, right);
        return new Part(text, PRODUCT, beginsWithDigit(a, PRODUCT));
    }

    private Part exponential(int exponent) {
        return exponent == LayerGraph.ZERO
                ? new Part(notation.number(1), VALUE, true)
                : new Part(notation.exponential(text(exponent)), POWER, false);
    }

    private String text(int id) {
        return parts[id].text();
    }

    private String atLeast(int id, int strength) {
        return parts[id].strength() >= strength ? text(id) : notation.parenthesized(text(id));
    }

    private boolean beginsWithDigit(int id, int strength) {
        return parts[id].isNumber() && parts[id].strength() >= strength;
    }

    /** The letters of the axes of an index set, without the groups. */
    static List<String> axes(IndexSet set) {
        return set.symbol()
                .toLowerCase(Locale.ROOT)
                .chars()
                .filter(letter -> letter != 'g')
                .mapToObj(Character::toString)
                .toList();
    }
}
