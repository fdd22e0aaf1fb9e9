package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeFingerprintTest {

    private final ProbeFingerprint fingerprint = new ProbeFingerprint();

    private String key(String formula) {
        return fingerprint.key(CanonicalLayer.of(Formula.parse(formula)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "x * x; square(x)",
                "max(x, v1); max(v1, x)",
                "-(-x); x + 0",
                "x + 0; x",
                "(x + v0) - x; v0 + 0",
                "x - v0 - v1; x - (v0 + v1)",
                "(x * v0) * v1; x * (v0 * v1)",
                "(x + v0) * v1; x * v1 + v0 * v1",
                "exp(x) * exp(v0); exp(x + v0)",
                "exp(exp(exp(x))) + v0 - v0; exp(exp(exp(x)))",
                "mean_wh(mean_whcg(x)); mean_whcg(x)",
                "mean_whc(x); mean_whc(mean_wh(x))",
                "std_whcg(x + mean_whc(x)); std_whcg(x)",
                "tanh(-x); -tanh(x)",
                "abs(-x); max(x, -x)",
                "sigmoid(x) + sigmoid(-x); 1",
            })
    void formsOfOneFunctionShareTheirKey(String left, String right) {
        assertNotEquals(CandidateIdentity.id(Formula.parse(left)), CandidateIdentity.id(Formula.parse(right)));
        assertEquals(key(left), key(right));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "x; x | no affine",
                "x + 0; x - v0",
                "sqrt(square(x)); abs(x)",
                "square(sqrt(x)); abs(x)",
                "x / 1; x",
                "exp(log(abs(x))); abs(x)",
                "mean_wh(x); mean_whc(x)",
                "mean_wh(x); mean_whcg(x)",
                "mean_whc(x); mean_whcg(x)",
                "mean_bwh(x); mean_wh(x)",
                "std_wh(x); rms_wh(x)",
                "max(x, 0); max(x, v0)",
                "tanh(x); sigmoid(x)",
                "v0 + 0; v1 + 0",
                "v1 + 0; 1",
                "exp(exp(exp(x))); exp(exp(exp(x))) + tanh(x)",
                "exp(exp(exp(exp(x)))); exp(exp(exp(exp(x)))) + x",
                "exp(exp(exp(exp(abs(x))))) ; -exp(exp(exp(exp(abs(x)))))",
                "x + log(1) * log(1); x",
            })
    void differentFunctionsHaveDifferentKeys(String left, String right) {
        assertNotEquals(key(left), key(right));
    }

    @Test
    void outputsThatAreNotFiniteHaveKeysToo() {
        // Beyond the range of numbers everywhere, so nothing tells these apart.
        String infinite = "a = exp(exp(exp(exp(abs(x) + 1 + 1)))); ";
        assertEquals(key(infinite + "a"), key(infinite + "a * a"));
        assertNotEquals(key(infinite + "a"), key(infinite + "a - a"));
        assertNotEquals(key(infinite + "-a"), key(infinite + "a"));
        assertNotEquals(key(infinite + "-a"), key(infinite + "a - a"));
        assertNotEquals(key(infinite + "1 / a"), key(infinite + "a - a"));
        assertEquals(key(infinite + "1 / a"), key("x * 0"));
    }

    @Test
    void rewritingSumsAndProductsRarelyChangesTheKey() {
        // (a + b) + c against a + (b + c), and c · (a · b) against (c · a) · b, where rounding differs.
        SplittableRandom random = new SplittableRandom(1);
        RandomGraphs graphs = new RandomGraphs(Family.B, 3);
        int different = 0;
        int trials = 1500;
        for (int trial = 0; trial < trials; trial++) {
            String bindings = "a = " + bounded(graphs, random) + "; b = " + bounded(graphs, random) + "; c = "
                    + bounded(graphs, random) + "; ";
            different += key(bindings + "(a + b) + c").equals(key(bindings + "a + (b + c)")) ? 0 : 1;
            different += key(bindings + "(a * b) * c").equals(key(bindings + "a * (b * c)")) ? 0 : 1;
        }
        assertTrue(different <= 3, different + " of " + 2 * trials);
    }

    private static String bounded(RandomGraphs graphs, SplittableRandom random) {
        return "tanh(" + Formula.print(graphs.next(random)) + ")";
    }

    @Test
    void theSameKeyNearlyAlwaysMeansTheSameValuesOnAnotherProbe() {
        SplittableRandom random = new SplittableRandom(2);
        RandomGraphs graphs = new RandomGraphs(Family.B, 6);
        Probe other = Probe.seeded(99);
        ReferenceEvaluation evaluation = new ReferenceEvaluation(other.shape());
        Map<String, LayerGraph> first = new HashMap<>();
        int shared = 0;
        List<String> different = new ArrayList<>();
        for (int trial = 0; trial < 10_000; trial++) {
            LayerGraph graph = CanonicalForm.of(graphs.next(random));
            LayerGraph same = first.putIfAbsent(fingerprint.key(CanonicalLayer.of(Layer.evolved(graph))), graph);
            if (same != null && !same.equals(graph)) {
                shared++;
                double[] y = evaluation.train(Layer.evolved(graph), other.x(), other.vectors());
                double[] z = evaluation.train(Layer.evolved(same), other.x(), other.vectors());
                if (!close(y, z)) {
                    different.add(Formula.print(graph) + " and " + Formula.print(same));
                }
            }
        }
        assertTrue(shared > 1000, "only " + shared + " graphs shared a key");
        assertTrue(different.size() < 10, () -> String.join("\n", different));
    }

    private static boolean close(double[] y, double[] z) {
        return IntStream.range(0, y.length)
                .allMatch(i ->
                        Double.compare(y[i], z[i]) == 0 || Math.abs(y[i] - z[i]) < 1e-6 * Math.max(1, Math.abs(y[i])));
    }

    @Test
    void candidatesAreTheSameByFormOrByValue() {
        CandidateIdentity square = CandidateIdentity.of(Formula.parse("square(x)"), fingerprint);
        CandidateIdentity product = CandidateIdentity.of(Formula.parse("x * x"), fingerprint);
        CandidateIdentity cube = CandidateIdentity.of(Formula.parse("x * x * x"), fingerprint);
        assertTrue(square.sameCandidate(product));
        assertFalse(square.sameCandidate(cube));
        assertTrue(square.id().matches("[0-9a-f]{16}"));
        LayerGraph redundant = new LayerGraph(List.of(new Node(Elementwise.EXP, 0), new Node(Elementwise.MUL, 0, 0)));
        assertEquals(product, CandidateIdentity.of(Layer.evolved(redundant), fingerprint));
        assertNotEquals(product.id(), CandidateIdentity.id(new Layer(redundant, false)));
    }

    @Test
    void identitiesStayTheSameFromReleaseToRelease() {
        // They are stored in the tables of a run; a change here breaks the resumption of runs.
        CandidateIdentity identity = CandidateIdentity.of(Baselines.get("EvoNorm-B0"), fingerprint);
        assertEquals(new CandidateIdentity("09204ab35db5b87d", "8e539fabf85a19ff"), identity);
    }
}
