package org.evonorm.graph.typeset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerName;
import org.evonorm.graph.RandomGraphs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class TypesetLayerTest {

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
        assertEquals(parentheses, TypesetLayer.latex(LayerName.parse(layer)));
    }

    @Test
    void signedFunctionsAreDefined() {
        String latex = TypesetLayer.latex(Formula.parse("sqrt(x) + log(v1)"));
        assertTrue(latex.startsWith("\\begin{aligned} y &= \\gamma"), latex);
        assertTrue(latex.contains("\\\\ \\operatorname{slog}\\left(t\\right) &="), latex);
        assertTrue(latex.contains("\\\\ \\operatorname{ssqrt}\\left(t\\right) &="), latex);
        assertFalse(TypesetLayer.latex(Formula.parse("sqrt(x)")).contains("slog"));
    }

    @Test
    void sharedSubexpressionsGetLinesOfTheirOwn() {
        StringBuilder formula = new StringBuilder("n0 = x * x + v0; ");
        for (int i = 1; i <= 20; i++) {
            formula.append("n" + i + " = n" + (i - 1) + " * n" + (i - 1) + " + v0; ");
        }
        String latex = TypesetLayer.latex(Formula.parse(formula + "n20 / n20 | no affine"));
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
            String latex = TypesetLayer.latex(layer);
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

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "identity;<mi>y</mi> = <mi>x</mi>",
                "x - v0 | no affine;<mi>y</mi> = (<mi>x</mi> − <msub><mi>v</mi><mn>0</mn></msub>)",
                "x * 1 | no affine;<mi>y</mi> = (<mi>x</mi> ⋅ <mn>1</mn>)",
                "square(x / v1) | no affine;"
                        + "<mi>y</mi> = <msup>([(] <mfrac><mi>x</mi><msub><mi>v</mi><mn>1</mn></msub></mfrac> [)])<mn>2</mn></msup>",
                "std_whcg(x) | no affine;"
                        + "<mi>y</mi> = (<msub><mi>s</mi>(<mi>w</mi> , <mi>h</mi> , <mi>c</mi> / <mi>g</mi>)</msub> ([(] <mi>x</mi> [)]))"
            })
    void mathMlHasTheSameStructure(String layer, String expected) {
        String mathMl = TypesetLayer.mathMl(LayerName.parse(layer));
        // Rows as parentheses, operators as signs, fences in brackets.
        String read = mathMl.replaceAll("</?(math|mtable|mtr|mtd)[^>]*>", "")
                .replaceAll("<mo>&#x206[12];</mo>", " ")
                .replaceAll("<mo [^>]*>(.)</mo>", " [$1] ")
                .replaceAll("<mo>(.)</mo>", " $1 ")
                .replace("<mrow>", "(")
                .replace("</mrow>", ")")
                .replaceAll("\\( ", "(")
                .replaceAll(" \\)", ")");
        assertEquals(expected, read);
    }

    @Test
    void mathMlOfRandomLayersIsXmlWhoseElementsHaveTheirParts() throws Exception {
        Map<String, Integer> parts = Map.of("mfrac", 2, "msup", 2, "msub", 2, "msqrt", 1, "math", 1);
        SplittableRandom random = new SplittableRandom(2);
        List<Layer> layers =
                new ArrayList<>(Baselines.names().stream().map(Baselines::get).toList());
        for (int trial = 0; trial < 1000; trial++) {
            layers.add(Layer.evolved(new RandomGraphs(Family.B, 1 + random.nextInt(30)).next(random)));
        }
        for (Layer layer : layers) {
            String text = TypesetLayer.mathMl(layer);
            NodeList elements = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(text)))
                    .getElementsByTagName("*");
            int lines = 0;
            for (int i = 0; i < elements.getLength(); i++) {
                Element element = (Element) elements.item(i);
                int children = element.getElementsByTagName("*").getLength() == 0
                        ? 0
                        : element.getChildNodes().getLength();
                lines += element.getTagName().equals("mtr") ? 1 : 0;
                if (parts.containsKey(element.getTagName())) {
                    assertEquals(parts.get(element.getTagName()), children, text);
                }
            }
            assertEquals(TypesetLayer.latex(layer).split("\\\\\\\\", -1).length, lines, text);
        }
    }
}
