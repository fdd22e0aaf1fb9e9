package org.evonorm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "a,b#a|b",
                "a, b ,c#a|b|c",
                "resnet50 mobilenetv2#resnet50|mobilenetv2",
                "identity,BN-ReLU EvoNorm-B0#identity|BN-ReLU|EvoNorm-B0",
                "max(x, v0)#max(x, v0)",
                "max(x, v0),x / std_wh(x)#max(x, v0)|x / std_wh(x)",
                "x / v0#x / v0",
                "x -v0#x -v0",
                "x /v0#x /v0",
                "x | no affine, x#x | no affine|x",
                "a = x * x; a / (a + v1),x#a = x * x; a / (a + v1)|x",
                "{\"nodes\":[],\"affine\":true},x#{\"nodes\":[],\"affine\":true}|x",
                "{\"a,)\":[1,2]},y#{\"a,)\":[1,2]}|y",
                "1,2 3#1|2|3",
                "front.txt other.json#front.txt|other.json",
                ",#",
                "'  '#",
                "a,,b,#a|b",
                "max(x,v0#max(x,v0",
                "x), y#x)|y",
                "max(x,x * 0) EvoNorm-S0,v0#max(x,x * 0)|EvoNorm-S0|v0",
                "BN-ReLU x + v0#BN-ReLU|x + v0",
                "x- v0 x#x- v0|x",
                "x * -v0   x\t/\tv1 x#x * -v0|x\t/\tv1|x",
                "max (x, v0) (x + v0) (x)#max (x, v0)|(x + v0)|(x)",
                "x | no affine no x |no  affine#x | no affine|no|x |no  affine",
                "a = x * x; a / (a + v1) x#a = x * x; a / (a + v1)|x",
                "{\"a b\": 1} {\"c\": 2} ./x.json#{\"a b\": 1}|{\"c\": 2}|./x.json",
                "x ^ v0#x ^ v0",
                "é名 ß 𝟙x#é名|ß|𝟙x",
            })
    void commasAndBlanksDivideNamesAndWholeFormulas(String text, String items) {
        List<String> expected = items == null
                ? List.of()
                : Stream.of(items.replace(" | no", " ¦ no")
                                .replace("x |no", "x ¦no")
                                .split("\\|"))
                        .map(item -> item.replace('¦', '|'))
                        .toList();
        assertEquals(expected, ListText.items(text));
    }

    /** Formulas in any order between commas or blanks come back whole, since no blank within them divides. */
    @Test
    void printedFormulasStayWhole() {
        SplittableRandom random = new SplittableRandom(21);
        RandomGraphs graphs = new RandomGraphs(Family.B, 10);
        for (int i = 0; i < 300; i++) {
            List<String> formulas = new ArrayList<>();
            for (int item = 0; item < 4; item++) {
                String formula = Formula.print(new Layer(graphs.next(random), random.nextBoolean()));
                // A formula that begins with a parenthesis or minus could go on with the value before.
                formulas.add(formula.matches("[(-].*") ? "x / " + formula : formula);
            }
            assertEquals(formulas, ListText.items(String.join(random.nextBoolean() ? "," : " ", formulas)));
        }
    }
}
