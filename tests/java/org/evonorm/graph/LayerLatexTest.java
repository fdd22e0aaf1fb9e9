package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerLatexTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "identity;y = x",
                "EvoNorm-B0;y = \\gamma \\frac{x}{\\max(s_{b,w,h}(x), v_1 x + s_{w,h}(x))} + \\beta",
                "EvoNorm-S0;y = \\gamma \\frac{x \\sigma(v_1 x)}{s_{w,h,c/g}(x)} + \\beta",
                "BN-ReLU;y = \\max(\\frac{v_1 (x - \\mu_{b,w,h}(x))}{s_{b,w,h}(x)} + v_0, 0)",
                "x + v0;y = \\gamma (x + v_0) + \\beta",
                "square(exp(x)) * -x;y = \\gamma (e^{x})^2 (-x) + \\beta",
                "x - (v0 - 1) | no affine;y = x - (v_0 - 1)",
                "x * 1 | no affine;y = x \\cdot 1",
                "abs(tanh(rms_whc(x))) | no affine;y = \\left|\\tanh(\\operatorname{rms}_{w,h,c}(x))\\right|",
                "square(x / v1) | no affine;y = (\\frac{x}{v_1})^2",
                "-(x + v1) | no affine;y = -(x + v_1)",
                "x - v0 | no affine;y = x - v_0",
            })
    void layersReadLikeThePaper(String layer, String latex) {
        String parentheses = latex.replaceAll("(?<!left)\\(", "\\\\left(").replaceAll("\\)", "\\\\right)");
        assertEquals(parentheses, LayerLatex.print(LayerName.parse(layer)));
    }

    @Test
    void signedFunctionsAreDefined() {
        String latex = LayerLatex.print(Formula.parse("sqrt(x) + log(v1)"));
        assertTrue(latex.startsWith("\\begin{aligned} y &= \\gamma"), latex);
        assertTrue(latex.contains("\\\\ \\operatorname{slog}(t) &="), latex);
        assertTrue(latex.contains("\\\\ \\operatorname{ssqrt}(t) &="), latex);
        assertFalse(LayerLatex.print(Formula.parse("sqrt(x)")).contains("slog"));
    }

    @Test
    void sharedSubexpressionsGetLinesOfTheirOwn() {
        StringBuilder formula = new StringBuilder("n0 = x * x + v0; ");
        for (int i = 1; i <= 20; i++) {
            formula.append("n" + i + " = n" + (i - 1) + " * n" + (i - 1) + " + v0; ");
        }
        String latex = LayerLatex.print(Formula.parse(formula + "n20 / n20 | no affine"));
        assertTrue(
                latex.startsWith(
                        "\\begin{aligned} y &= \\frac{a_{1}}{a_{1}} \\\\ a &= x x + v_0" + " \\\\ b &= a a + v_0 \\\\"),
                latex);
        assertTrue(latex.endsWith(" \\\\ z &= w w + v_0 \\\\ a_{1} &= z z + v_0 \\end{aligned}"), latex);
    }

    @Test
    void randomLayersBalanceTheirBracesAndStayShort() {
        SplittableRandom random = new SplittableRandom(1);
        Pattern doublePower = Pattern.compile("\\}\\^|\\^2\\^|\\^\\{\\}");
        for (int trial = 0; trial < 3000; trial++) {
            Layer layer = Layer.evolved(new RandomGraphs(Family.B, 1 + random.nextInt(30)).next(random));
            String latex = LayerLatex.print(layer);
            int depth = 0;
            for (int i = 0; i < latex.length(); i++) {
                char c = latex.charAt(i);
                depth += c == '{' ? 1 : c == '}' ? -1 : 0;
                assertTrue(depth >= 0, latex);
            }
            assertEquals(0, depth, latex);
            assertEquals(latex.split("\\\\left", -1).length, latex.split("\\\\right", -1).length, latex);
            assertFalse(doublePower.matcher(latex).find(), latex);
            assertTrue(latex.length() < 6000, latex);
        }
    }
}
