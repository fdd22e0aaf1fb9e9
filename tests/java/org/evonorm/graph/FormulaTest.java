package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaTest {

    private static LayerGraph graph(Node... nodes) {
        return new LayerGraph(List.of(nodes));
    }

    private static void assertRoundTrip(Layer layer) {
        String text = Formula.print(layer);
        assertEquals(new Layer(CanonicalForm.reduced(layer.graph()), layer.affine()), Formula.parse(text), text);
    }

    @Test
    void randomGraphsSurviveTheTextForm() {
        SplittableRandom random = new SplittableRandom(1);
        for (int trial = 0; trial < 6000; trial++) {
            LayerGraph graph = new RandomGraphs(Family.B, 1 + random.nextInt(30)).next(random);
            assertRoundTrip(new Layer(graph, random.nextBoolean()));
            assertRoundTrip(CanonicalLayer.of(Layer.evolved(graph)).layer());
        }
    }

    @Test
    void denseGraphsOfFewPrimitivesSurviveTheTextForm() {
        // Signs, sums and products alone, with inputs among the latest nodes: precedence and sharing at their worst.
        SplittableRandom random = new SplittableRandom(2);
        List<Primitive> primitives = List.of(
                Elementwise.ADD, Elementwise.NEG, Elementwise.MUL, Elementwise.DIV, Elementwise.MAX, Elementwise.EXP);
        for (int trial = 0; trial < 6000; trial++) {
            List<Node> nodes = new ArrayList<>();
            int size = 1 + random.nextInt(30);
            for (int id = 4; id < 4 + size; id++) {
                Primitive primitive = primitives.get(random.nextInt(primitives.size()));
                int a = id - 1 - random.nextInt(3);
                int b = id - 1 - random.nextInt(4);
                nodes.add(primitive.arity() == 1 ? new Node(primitive, a) : new Node(primitive, a, b));
            }
            assertRoundTrip(Layer.evolved(new LayerGraph(nodes)));
        }
    }

    @Test
    void textStaysShortWhereTheTreeExplodes() {
        List<Node> nodes = new ArrayList<>(List.of(new Node(Elementwise.MUL, 0, 0)));
        while (nodes.size() < 1000) {
            int last = 3 + nodes.size();
            nodes.add(new Node(nodes.size() % 2 == 0 ? Elementwise.MUL : Elementwise.ADD, last, last));
        }
        for (int size : List.of(5, 6, 30, 200, 1000)) {
            LayerGraph chain = new LayerGraph(nodes.subList(0, size));
            assertRoundTrip(Layer.evolved(chain));
            assertTrue(Formula.print(chain).length() < 40 * size, Formula.print(chain));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NEG", "MUL", "ADD", "DIV", "TANH", "MAX"})
    void theDeepestGraphsSurviveTheTextFormOnASmallStack(Elementwise primitive) throws InterruptedException {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < Formula.MOST_NODES; i++) {
            int last = i == 0 ? 0 : 3 + i;
            // Sums inside products and the other way round put parentheses around every level.
            Elementwise used = primitive == Elementwise.MUL && i % 2 == 0 ? Elementwise.ADD : primitive;
            nodes.add(used.arity() == 1 ? new Node(used, last) : new Node(used, 3, last));
        }
        List<Throwable> failures = new ArrayList<>();
        Layer layer = Layer.evolved(new LayerGraph(nodes));
        Thread thread = new Thread(null, () -> assertRoundTrip(layer), "small", 512 << 10);
        thread.setUncaughtExceptionHandler((t, failure) -> failures.add(failure));
        thread.start();
        thread.join();
        assertEquals(List.of(), failures);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "x",
                "x + 0",
                "x - v0 - v1",
                "x - (v0 - v1)",
                "x + (v0 + v1)",
                "x * (v0 * v1)",
                "x / v0 / v1",
                "x / (v0 / v1)",
                "x * v0 / v1",
                "x * (v0 / v1)",
                "-x",
                "-(-x)",
                "-x * v1",
                "-(x * v1)",
                "x * (-v1)",
                "x - (-v1)",
                "x + v1 * x",
                "(x + v1) * x",
                "-(x + v1)",
                "-x + v1",
                "1 + x",
                "-1 - x",
                "max(x, 1) / std_whcg(x)",
                "x | no affine",
                "tanh(sigmoid(exp(log(abs(square(sqrt(x)))))))",
                "rms_wh(mean_bwh(std_whc(x)))",
            })
    void formulasPrintAsTheyAreWritten(String formula) {
        assertEquals(formula, Formula.print(Formula.parse(formula)));
    }

    @Test
    void operatorsHaveTheirUsualMeaning() {
        assertEquals(
                graph(new Node(Elementwise.NEG, 2), new Node(Elementwise.ADD, 0, 4)),
                Formula.parse("x - v0").graph());
        assertEquals(
                graph(new Node(Elementwise.DIV, 0, 2), new Node(Elementwise.DIV, 4, 3)),
                Formula.parse("x/v0/v1").graph());
        assertEquals(
                graph(new Node(Elementwise.MUL, 3, 0), new Node(Elementwise.ADD, 2, 4)),
                Formula.parse("v0 + v1 * x").graph());
        assertEquals(
                graph(new Node(Elementwise.EXP, 1), new Node(Elementwise.ADD, 0, 4)),
                Formula.parse("x + 1").graph());
        assertEquals(Formula.parse("x + 1"), Formula.parse("add(x, exp(0))"));
        assertEquals(Formula.parse("x * v1 / -x"), Formula.parse(" div ( mul(x,v1),\n\tneg(x) ) "));
        assertEquals(Formula.parse("-(-x)"), Formula.parse("--x"));
        assertEquals(new LayerGraph(List.of()), Formula.parse("((x))").graph());
    }

    @Test
    void equalSubexpressionsBecomeOneNode() {
        assertEquals(
                graph(new Node(Elementwise.TANH, 0), new Node(Elementwise.MUL, 4, 4)),
                Formula.parse("tanh(x) * tanh(x)").graph());
    }

    @Test
    void namesStandForTheirExpressions() {
        assertEquals(
                Formula.parse("x / max(std_wh(x), std_wh(x) * v1)"),
                Formula.parse("a = std_wh(x); x / max(a, a * v1)"));
        assertEquals(Formula.parse("tanh(x)"), Formula.parse("a = tanh(x); unused = exp(a); a"));
        assertEquals(Formula.parse("x * x + x | no affine"), Formula.parse("y2 = x; z = y2*y2; z + y2|no affine"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "\"\";1;the end of the formula;a value",
                "x +;4;the end of the formula;a value",
                "x + * v1;5;'*';a value",
                "(x + v1;8;the end of the formula;')'",
                "x );3;')';an operator or the end",
                "x v1;3;'v1';an operator or the end",
                "tanh x;6;'x';'(' after tanh",
                "tanh(x, x);7;',';tanh takes 1 input",
                "max(x);6;')';max takes 2 inputs",
                "max(x, v1, v0);10;',';max takes 2 inputs",
                "std(x);1;'std';std_bwh, std_whc, std_wh or std_whcg",
                "x * relu(x);5;'relu';write relu(x) as max(x, 0)",
                "x * foo(x);5;'foo';tanh",
                "x * tan(x);5;'tan';tanh or another of x, v0",
                "X;1;'X';written x here",
                "Y;1;'Y';x, v0, v1",
                "2 * x;1;'2';0 and 1 are the only numbers",
                "x ^ v1;3;'^';square(x) or x * x",
                "x ** v1;4;'*';square(x) or x * x",
                "x ~ v1;3;'~';+ - * /",
                "2 * x;1;'2';write (1 + 1)",
                "1.0 * x;1;'1.0';write 1",
                "x · v1;3;'·';+ - * /",
                "0;1;a formula without any function;at least one function",
                "v0 | no affine;1;a formula without any function;at least one function",
                "x | affine;5;'affine';'no'",
                "x | no;7;the end of the formula;'affine'",
                "x | no affine x;15;'x';the end of the formula",
                "max(x, x | no affine);10;'|';')'",
            })
    void malformedFormulasAreRefusedWithTheirColumn(String formula, int column, String found, String expected) {
        FormulaException e = assertThrows(FormulaException.class, () -> Formula.parse(formula));
        assertEquals(column, e.column(), e.getMessage());
        assertTrue(e.getMessage().startsWith("column " + column + ": found " + found), e.getMessage());
        String rest = e.getMessage().substring(("column " + column + ": found " + found).length());
        assertTrue(rest.contains(expected), e.getMessage());
        assertFalse(e.getMessage().contains("\n"));
        assertEquals(formula + "\n" + " ".repeat(column - 1) + "^", e.pointer());
    }

    @Test
    void ofALongFormulaThePartAroundTheColumnIsShown() {
        String formula = "x + ".repeat(200) + "y" + " + x".repeat(200);
        FormulaException e = assertThrows(FormulaException.class, () -> Formula.parse(formula));
        String[] lines = e.pointer().split("\n");
        assertEquals('y', lines[0].charAt(lines[1].length() - 1));
        assertEquals("^", lines[1].strip());
        assertTrue(lines[0].startsWith("…") && lines[0].endsWith("…") && lines[0].length() < 250, lines[0]);
    }

    @Test
    void aHundredCharactersOnEitherSideAreShown() {
        for (int before : new int[] {99, 100, 101}) {
            for (int after : new int[] {99, 100, 101}) {
                String formula = " ".repeat(before) + "?" + " ".repeat(after - 1);
                FormulaException e = assertThrows(FormulaException.class, () -> Formula.parse(formula));
                String shown = (before > 100 ? "…" : "") + " ".repeat(Math.min(before, 100));
                assertEquals(
                        shown + "?" + " ".repeat(Math.min(after, 100) - 1) + (after > 100 ? "…" : "") + "\n"
                                + " ".repeat(shown.length()) + "^",
                        e.pointer());
            }
        }
    }

    @Test
    void namesMayHoldEveryLetter() {
        for (String name : List.of("a", "z", "A", "Z", "aZ_09.az", "_")) {
            assertEquals(Formula.parse("tanh(x) * v1"), Formula.parse(name + " = tanh(x); " + name + " * v1"));
        }
        for (String sign : List.of("`", "{", "@", "[", "^")) {
            assertTrue(
                    assertThrows(FormulaException.class, () -> Formula.parse("x + " + sign))
                            .getMessage()
                            .contains("no part of a formula"),
                    sign);
        }
    }

    @Test
    void aMisspeltNameOfThisFormulaIsAmongTheNamesExpected() {
        String message = assertThrows(
                        FormulaException.class, () -> Formula.parse("scaled = v1 * x; other = x; x / sclaed"))
                .getMessage();
        assertTrue(message.contains("expected scaled or another of x, v0, v1, other, scaled, add,"), message);
    }

    @Test
    void malformedNamesAreRefused() {
        for (String formula :
                List.of("x = v1; x", "tanh = x; x", "a = x; a = v1; a", "a = x a", "a = a; a", "a = x;")) {
            assertThrows(FormulaException.class, () -> Formula.parse(formula), formula);
        }
    }

    @Test
    void formulasBeyondTheLimitsAreRefused() {
        assertEquals(
                new LayerGraph(List.of()),
                Formula.parse("(".repeat(250) + "x" + ")".repeat(250)).graph());
        String nested = "(".repeat(100_000) + "x" + ")".repeat(100_000);
        FormulaException depth = assertThrows(FormulaException.class, () -> Formula.parse(nested));
        assertTrue(depth.getMessage().contains("at most 250 parentheses"), depth.getMessage());
        assertEquals(251, depth.column());
        String longSum = "x" + " + x".repeat(1001);
        FormulaException nodes = assertThrows(FormulaException.class, () -> Formula.parse(longSum));
        assertTrue(nodes.getMessage().contains("at most 1000"), nodes.getMessage());
        assertThrows(FormulaException.class, () -> Formula.parse("-".repeat(100_000) + "x"));
    }

    @Test
    void nonsenseIsRefusedAndNothingElseHappens() {
        SplittableRandom random = new SplittableRandom(3);
        List<String> pieces = List.of(
                "x", "v0", "v1", "0", "1", "+", "-", "*", "/", "(", ")", ",", ";", "=", "|", "no", "affine", "max",
                "tanh", "std_wh", "a", " ", "\n", "é", "9.5");
        int accepted = 0;
        for (int trial = 0; trial < 20_000; trial++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            try {
                assertRoundTrip(Formula.parse(text.toString()));
                accepted++;
            } catch (FormulaException e) {
                assertTrue(e.column() >= 1 && e.column() <= text.length() + 1, e.getMessage());
            }
        }
        assertTrue(accepted > 100, "some nonsense is a formula");
    }
}
