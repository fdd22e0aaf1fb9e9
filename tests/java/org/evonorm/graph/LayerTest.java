package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerTest {

    /** The three fillings of the linear bottlenecks. */
    @ParameterizedTest
    @CsvSource({
        "identity, NOTHING",
        "BN-ReLU, BATCH_NORM",
        "FRN-TLU, BATCH_NORM",
        "EvoNorm-S0, AFFINE",
        "tanh(x), AFFINE",
        "x, NOTHING",
        "tanh(x) | no affine, BATCH_NORM"
    })
    void whatStandsWhereNoActivationDoes(String layer, Layer.LinearPlace expected) {
        assertEquals(expected, LayerName.parse(layer).linearPlace());
    }

    /** Runs recognize the candidates of earlier versions of the program only as long as these values stay. */
    @Test
    void identitiesStayWhatTheyWere() {
        ProbeFingerprint fingerprint = new ProbeFingerprint();
        assertEquals(
                new CandidateIdentity("09204ab35db5b87d", "8e539fabf85a19ff"),
                CandidateIdentity.of(Baselines.get("EvoNorm-B0"), fingerprint));
        assertEquals(
                new CandidateIdentity("addfe721ec912c3f", "7bd1944d237edfe6"),
                CandidateIdentity.of(Baselines.get("BN-Swish"), fingerprint));
    }
}
