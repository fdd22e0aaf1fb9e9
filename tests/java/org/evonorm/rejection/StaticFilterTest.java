package org.evonorm.rejection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StaticFilterTest {

    private final StaticFilter filter = new StaticFilter();

    static Iterable<String> baselineNames() {
        return Baselines.names();
    }

    @ParameterizedTest
    @MethodSource("baselineNames")
    void everyBaselinePasses(String name) {
        assertInstanceOf(CandidateStatus.Passed.class, filter.judge(Baselines.get(name)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v0 * x",
                "max(x, v1)",
                "tanh(x)",
                "sigmoid(x)",
                "log(x)",
                "sqrt(x)",
                "x * x",
                "x + mean_bwh(x)",
                "x + mean_wh(x)",
                "x * std_whc(x)",
                "max(0, x)",
                "x / abs(x)",
                "exp(x)"
            })
    void whateverVariesWithXPasses(String formula) {
        assertInstanceOf(CandidateStatus.Passed.class, filter.judge(Formula.parse(formula)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 + v0",
                "v1 * v0 + exp(v1)",
                "std_bwh(v1)",
                // x cancels, is multiplied by zero, or is lost to rounding.
                "x - x",
                "0 * x",
                "x / x * 0 + v1",
                "v1 + x - x",
                "max(0 - abs(x), 0)",
                "mean_whc(x - mean_whc(x))",
                "mean_wh((x - mean_wh(x)) / std_wh(x))",
                "sigmoid(exp(abs(x) + 1 + 1 + 1 + 1)) + v0",
                // Batch statistics are constants in evaluation mode.
                "mean_bwh(x)",
                "std_bwh(x) * v1 + rms_bwh(x)"
            })
    void whateverDoesNotDependOnXIsRejected(String formula) {
        assertRejected(formula, "does not depend on x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exp(exp(exp(x * x)))", "x * exp(exp(exp(exp(exp(v1)))))", "exp(std_bwh(x) * exp(x * x))"})
    void anOutputThatOverflowsIsRejected(String formula) {
        assertRejected(formula, "the output is not finite");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean_wh(x)", "std_whc(x)", "v0 * exp(rms_whcg(x)) + v1", "mean_bwh(x) + mean_whc(x)"})
    void anOutputThatIsTheSameAtAllPixelsIsRejected(String formula) {
        assertRejected(formula, "the output is the same at all pixels of an image");
    }

    @Test
    void aGradientThatOverflowsIsRejected() {
        assertRejected("x + sigmoid(exp(exp(exp(x * x))))", "the gradient by x is not finite");
    }

    @Test
    void aGradientThatIsZeroIsRejected() {
        // A step function up to rounding, 0 or 1 by the sign of x.
        assertRejected("sigmoid(x * exp(exp(1 + 1)) * exp(exp(1 + 1)))", "the gradient by x is zero");
    }

    private void assertRejected(String formula, String reason) {
        CandidateStatus.Rejected rejected =
                assertInstanceOf(CandidateStatus.Rejected.class, filter.judge(Formula.parse(formula)));
        assertEquals(CandidateStatus.Filter.STATIC, rejected.filter());
        assertTrue(rejected.reason().contains(reason), rejected.reason());
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void theVerdictIsTheSameForASecondFilter(Family family) {
        SplittableRandom random = new SplittableRandom(7);
        RandomGraphs graphs = new RandomGraphs(family, 10);
        StaticFilter second = new StaticFilter();
        int passed = 0;
        for (int i = 0; i < 2000; i++) {
            Layer layer = Layer.evolved(graphs.next(random));
            CandidateStatus status = filter.judge(layer);
            assertEquals(status, second.judge(layer));
            passed += status instanceof CandidateStatus.Passed ? 1 : 0;
        }
        assertTrue(passed > 100 && passed < 1800, passed + " of 2000 passed");
    }
}
