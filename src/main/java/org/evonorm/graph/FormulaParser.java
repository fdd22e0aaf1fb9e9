package org.evonorm.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.evonorm.graph.FormulaTokens.Kind;
import org.evonorm.graph.FormulaTokens.Token;

/**
 * The recursive-descent parser of {@link Formula}; equal subexpressions become one node.
 *
 * <pre>
 * layer   = {vector | groups} {name "=" sum ";"} sum ["|" "no" "affine"]
 * vector  = ("v0" | "v1") "=" ("channel" | "layer") "(" ["-"] number ")" ";"
 * groups  = "groups" "=" ("size" | "count") "(" number ")" ";"
 * sum     = product {("+" | "-") product}
 * product = negation {("*" | "/") negation}
 * negation = {"-"} value
 * value   = "x" | "0" | "1" | "v0" | "v1" | name | primitive "(" sum {"," sum} ")" | "(" sum ")"
 * </pre>
 */
final class FormulaParser {

    /** The largest number of open parentheses, to spare the stack; printed formulas have fewer. */
    static final int MAX_DEPTH = 250;

    private static final Map<String, Integer> INITIAL_NODES =
            Map.of("x", LayerGraph.X, "v0", LayerGraph.V0, "v1", LayerGraph.V1);
    private static final Map<String, Primitive> PRIMITIVES = primitives();
    private static final String GROUPS = "groups";
    private static final Set<String> PROPERTIES = Set.of("v0", "v1", GROUPS);
    private static final String VALUE = "a value: x, 0, 1, v0, v1, a function or '('";
    private static final String POWER = " (write powers as square(x) or x * x)";

    private final FormulaTokens tokens;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Node, Integer> ids = new HashMap<>();
    private final Map<String, Integer> bindings = new HashMap<>();
    private final Map<String, TrainableVector> vectors = new HashMap<>();
    private Optional<GroupRule> groups = Optional.empty();
    private int depth;

    FormulaParser(String formula) {
        tokens = new FormulaTokens(formula);
    }

    private static Map<String, Primitive> primitives() {
        Map<String, Primitive> bySymbol = new LinkedHashMap<>();
        Primitive.all().forEach(primitive -> bySymbol.put(primitive.symbol(), primitive));
        return bySymbol;
    }

    Layer parse() {
        while (tokens.startsBinding() && PROPERTIES.contains(tokens.peek().text())) {
            if (tokens.peek().text().equals(GROUPS)) {
                groups();
            } else {
                vector();
            }
        }
        while (tokens.startsBinding()) {
            binding();
        }
        Token start = tokens.peek();
        int output = sum();
        boolean affine = !tokens.skip("|");
        if (!affine) {
            word("no");
            word("affine");
        }
        Token end = tokens.peek();
        if (end.kind() != Kind.END) {
            throw tokens.unexpected(end, affine ? "an operator or the end of the formula" : "the end of the formula");
        }
        LayerGraph graph = CanonicalForm.reduced(graph(output, start));
        TrainableVectors given = new TrainableVectors(
                vectors.getOrDefault("v0", TrainableVectors.PAPER.v0()),
                vectors.getOrDefault("v1", TrainableVectors.PAPER.v1()));
        return new Layer(
                graph,
                affine,
                given.whereReached(graph, TrainableVectors.PAPER),
                groups.orElse(GroupRule.DEFAULT).whereReached(graph, GroupRule.DEFAULT));
    }

    /** The nodes up to the output, which do not depend on later nodes. */
    private LayerGraph graph(int output, Token start) {
        if (output == LayerGraph.X) {
            return new LayerGraph(List.of());
        }
        if (output < LayerGraph.INITIAL_NODES) {
            throw tokens.problem(
                    start,
                    "found a formula without any function, expected x or at least one function "
                            + "(add 0 to write a constant)");
        }
        return new LayerGraph(nodes.subList(0, output - LayerGraph.INITIAL_NODES + 1));
    }

    /** Reads the shape and start of v0 or v1. */
    private void vector() {
        Token name = tokens.next();
        if (vectors.containsKey(name.text())) {
            throw tokens.problem(name, "found a second start of " + name.described() + ", expected a formula");
        }
        tokens.expect("=", "'='");
        Token kind = tokens.next();
        TrainableVector.Per per = Arrays.stream(TrainableVector.Per.values())
                .filter(each -> each.symbol().equals(kind.text()))
                .findFirst()
                .orElseThrow(() -> tokens.unexpected(kind, "channel or layer, as in v1 = layer(0.5)"));
        tokens.expect("(", "'(' after " + kind.text());
        boolean negative = tokens.skip("-");
        Token number = tokens.next();
        if (!number.text().matches("[0-9]+(\\.[0-9]*)?") || Double.parseDouble(number.text()) > Float.MAX_VALUE) {
            throw tokens.unexpected(number, "a number of float32 without an exponent, as in v1 = layer(0.5)");
        }
        tokens.expect(")", "')'");
        tokens.expect(";", "';'");
        double start = Double.parseDouble(number.text());
        vectors.put(name.text(), new TrainableVector(per, negative ? -start : start));
    }

    /** Reads the rule of groups. */
    private void groups() {
        Token name = tokens.next();
        if (groups.isPresent()) {
            throw tokens.problem(name, "found a second rule of " + name.described() + ", expected a formula");
        }
        tokens.expect("=", "'='");
        Token kind = tokens.next();
        if (Arrays.stream(GroupRule.Kind.values())
                .noneMatch(each -> each.symbol().equals(kind.text()))) {
            throw tokens.unexpected(kind, "size or count, as in groups = count(32)");
        }
        tokens.expect("(", "'(' after " + kind.text());
        Token number = tokens.next();
        groups = GroupRule.parse(kind.text() + "(" + number.text() + ")");
        if (groups.isEmpty()) {
            throw tokens.unexpected(number, "a whole number of 1 to " + GroupRule.MOST + ", as in groups = count(32)");
        }
        tokens.expect(")", "')'");
        tokens.expect(";", "';'");
    }

    private void binding() {
        Token name = tokens.next();
        if (INITIAL_NODES.containsKey(name.text()) || PRIMITIVES.containsKey(name.text())) {
            throw tokens.problem(
                    name, "found " + name.described() + ", which has a meaning already, expected a new name");
        }
        if (bindings.containsKey(name.text())) {
            throw tokens.problem(name, "found a second meaning of " + name.described() + ", expected a new name");
        }
        tokens.expect("=", "'='");
        int id = sum();
        tokens.expect(";", "an operator or ';'");
        bindings.put(name.text(), id);
    }

    private void word(String word) {
        Token found = tokens.next();
        if (!found.text().equals(word)) {
            throw tokens.unexpected(found, "'" + word + "', as in '| no affine'");
        }
    }

    private int sum() {
        int left = product();
        while (true) {
            Token sign = tokens.peek();
            if (tokens.skip("+")) {
                left = node(sign, Elementwise.ADD, left, product());
            } else if (tokens.skip("-")) {
                left = node(sign, Elementwise.ADD, left, node(sign, Elementwise.NEG, product()));
            } else {
                return left;
            }
        }
    }

    private int product() {
        int left = negation();
        while (true) {
            Token sign = tokens.peek();
            if (tokens.skip("*")) {
                left = node(sign, Elementwise.MUL, left, negation());
            } else if (tokens.skip("/")) {
                left = node(sign, Elementwise.DIV, left, negation());
            } else {
                return left;
            }
        }
    }

    private int negation() {
        Token sign = tokens.peek();
        int negations = 0;
        while (tokens.skip("-")) {
            negations++;
        }
        int id = value();
        for (int i = 0; i < negations; i++) {
            id = node(sign, Elementwise.NEG, id);
        }
        return id;
    }

    private int value() {
        Token token = tokens.next();
        if (token.is("(")) {
            open(token);
            int id = sum();
            close("an operator or ')'");
            return id;
        }
        return switch (token.kind()) {
            case NUMBER -> number(token);
            case NAME -> named(token);
            default -> throw tokens.unexpected(token, token.is("*") ? VALUE + POWER : VALUE);
        };
    }

    private int number(Token token) {
        return switch (token.text()) {
            case "0" -> LayerGraph.ZERO;
            case "1" -> node(token, Elementwise.EXP, LayerGraph.ZERO);
            default ->
                throw ForeignFunction.number(token.text())
                        .map(sum -> tokens.problem(
                                token,
                                "found " + token.described() + "; 0 and 1 are the only numbers, so write " + sum))
                        .orElseGet(() -> tokens.unexpected(token, VALUE + " (0 and 1 are the only numbers)"));
        };
    }

    private int named(Token name) {
        Primitive primitive = PRIMITIVES.get(name.text());
        if (primitive != null) {
            return call(name, primitive);
        }
        Integer id = INITIAL_NODES.getOrDefault(name.text(), bindings.get(name.text()));
        if (id == null) {
            throw ForeignFunction.hint(name.text())
                    .map(hint -> tokens.problem(name, "found " + name.described() + ", " + hint))
                    .orElseGet(() -> tokens.unexpected(name, expectedName(name.text())));
        }
        return id;
    }

    private String expectedName(String name) {
        if (PRIMITIVES.containsKey(name + "_wh")) {
            return name + "_bwh, " + name + "_whc, " + name + "_wh or " + name + "_whcg";
        }
        List<String> names = new ArrayList<>(List.of("x", "v0", "v1"));
        bindings.keySet().stream().sorted().forEach(names::add);
        names.addAll(PRIMITIVES.keySet());
        return NearestName.of(name, names).map(near -> near + " or another of ").orElse("one of ")
                + String.join(", ", names);
    }

    private int call(Token name, Primitive primitive) {
        open(tokens.peek());
        tokens.expect("(", "'(' after " + name.text());
        int first = sum();
        int id;
        if (primitive.arity() == 1) {
            id = node(name, primitive, first);
            close("an operator or ')', as " + name.text() + " takes 1 input");
        } else {
            tokens.expect(",", "an operator or ',', as " + name.text() + " takes 2 inputs");
            id = node(name, primitive, first, sum());
            close("an operator or ')', as " + name.text() + " takes 2 inputs");
        }
        return id;
    }

    private void open(Token at) {
        if (++depth > MAX_DEPTH) {
            throw tokens.problem(
                    at,
                    "found " + at.described() + ", expected at most " + MAX_DEPTH + " parentheses inside one another");
        }
    }

    private void close(String expected) {
        tokens.expect(")", expected);
        depth--;
    }

    /** The id of the node that applies {@code primitive} to {@code inputs}; an equal node is reused. */
    private int node(Token at, Primitive primitive, Integer... inputs) {
        Node node = new Node(primitive, inputs);
        Integer existing = ids.get(node);
        if (existing != null) {
            return existing;
        }
        if (nodes.size() == Formula.MOST_NODES) {
            throw tokens.problem(
                    at, "found one more function, expected at most " + Formula.MOST_NODES + " different ones");
        }
        nodes.add(node);
        int id = LayerGraph.INITIAL_NODES + nodes.size() - 1;
        ids.put(node, id);
        return id;
    }
}
