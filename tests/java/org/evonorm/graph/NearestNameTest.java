package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

    private static final List<String> NETWORKS = List.of("resnet50", "mobilenetv2", "efficientnetb0");

    @ParameterizedTest
    @CsvSource({
        "resnet, resnet50",
        "ResNet51, resnet50",
        "' mobilnetv2', mobilenetv2",
        "efficientnet-b0, efficientnetb0",
        "RESNET50, resnet50"
    })
    void aFewWrongLettersAreForgiven(String misspelt, String meant) {
        assertEquals(Optional.of(meant), NearestName.of(misspelt, NETWORKS));
        assertEquals("; did you mean " + meant + "?", NearestName.question(misspelt, NETWORKS));
    }

    @ParameterizedTest
    @CsvSource({"serach, search", "rerakn, rerank", "tnah, tanh", "insepct, inspect"})
    void lettersThatChangedPlacesAreOneSlip(String misspelt, String meant) {
        assertEquals(
                Optional.of(meant),
                NearestName.of(misspelt, List.of("search", "rerank", "inspect", "train", "tanh", "bench")));
    }

    @ParameterizedTest
    @CsvSource({"vgg16", "''", "r", "net", "densenet121"})
    void whatIsLikeNoneIsNotGuessed(String unknown) {
        assertEquals(Optional.empty(), NearestName.of(unknown, NETWORKS));
        assertEquals("", NearestName.question(unknown, NETWORKS));
    }

    @Test
    void theNearestIsChosenAndTheFirstOfEquallyNear() {
        assertEquals(
                Optional.of("std_wh"), NearestName.of("std_hw", List.of("std_bwh", "std_whc", "std_wh", "mean_wh")));
        assertEquals(Optional.of("abcd"), NearestName.of("abcx", List.of("abce", "abcd")));
        assertEquals(Optional.of("abcdefgh"), NearestName.of("abcdefg", List.of("abcdxyg", "abcdefgh")));
        assertEquals(Optional.of("abcd"), NearestName.of("abcx", List.of("abc", "abcd", "abcxy")));
        assertEquals(Optional.empty(), NearestName.of("x".repeat(1_000_000), NETWORKS));
    }
}
