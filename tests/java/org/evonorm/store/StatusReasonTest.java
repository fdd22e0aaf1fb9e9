package org.evonorm.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusReasonTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "resnet50 reached an accuracy of 9.6% after 50 steps, under 11.0% (chance is 10.0%);"
                        + "resnet50 reached an accuracy of …% after … steps, under …% (chance is …%)",
                "the norm in mobilenetv2 was 1.2e+09 after 3 steps; the norm in mobilenetv2 was … after … steps",
                "the output does not depend on x; the output does not depend on x",
                "a loss of -0.5 or 1E-7; a loss of … or …"
            })
    void numbersAloneAreLeftOut(String reason, String kind) {
        assertEquals(kind, StatusReason.of("rejected-quality", reason).kind());
    }
}
