package org.evonorm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantityTest {

    @ParameterizedTest
    @CsvSource({"0,0 layers", "1,1 layer", "2,2 layers", "11,11 layers", "101,101 layers"})
    void oneIsSingular(int number, String text) {
        assertEquals(text, Quantity.of(number, "layer"));
    }
}
