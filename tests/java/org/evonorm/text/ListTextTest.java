package org.evonorm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
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
            })
    void commasAndBlanksDivideNamesAndNoFormula(String text, String items) {
        List<String> expected = items == null
                ? List.of()
                : Stream.of(items.replace(" | no", " ¦ no").split("\\|"))
                        .map(item -> item.replace('¦', '|'))
                        .toList();
        assertEquals(expected, ListText.items(text));
    }
}
