package org.evonorm.export.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.evonorm.export.layer.Convention;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.junit.jupiter.api.Test;

/** The straight-line code that the modules of all frameworks are made of. */
class StraightLineTest {

    @Test
    void sharedValuesAreComputedOnce() {
        RandomGraphs graphs = new RandomGraphs(Family.B, 30);
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 200; i++) {
            StraightLine line =
                    StraightLine.of(Layer.evolved(graphs.next(random)), new RecordingDialect(), Convention.EVONORM);
            List<String> expressions = line.assignments().stream()
                    .map(StraightLine.Assignment::expression)
                    .toList();
            assertEquals(expressions.size(), expressions.stream().distinct().count(), expressions.toString());
            List<String> names = line.assignments().stream()
                    .map(StraightLine.Assignment::name)
                    .toList();
            assertEquals(names.size(), names.stream().distinct().count(), names.toString());
        }
    }

    /** A dialect that writes every primitive as a call. */
    private record RecordingDialect() implements Dialect {
        @Override
        public String function(Elementwise primitive) {
            return primitive.symbol();
        }

        @Override
        public Optional<String> largerOfNumber(String tensor, String number, boolean numberIsFirst) {
            return Optional.empty();
        }

        @Override
        public boolean absIsFlatAtZero() {
            return true;
        }

        @Override
        public String aggregate(Aggregate aggregate, String operand, String average) {
            return aggregate.symbol() + "(" + operand + ")";
        }

        @Override
        public String withAllChannels(String operand) {
            return operand;
        }
    }

    @Test
    void constantsAndNegationsAreWrittenAsPeopleDo() {
        assertEquals("x - v1", straight("x + 0 - v1 * 1"));
        assertEquals("larger(x, 0.0)", straight("max(x, 0)"));
        assertEquals("1.0 / (abs(x) + self.eps)", straight("1 / abs(x)"));
        assertEquals("x / nonzero(v1, self.eps)", straight("x / v1"));
        assertEquals("-(x + v0) * v1", straight("-(x + v0) * v1"));
        assertEquals("exp(zero)", straight("1"));
        assertEquals("x * (x + 1.0)", straight("x * (x + 1)"));
        assertEquals("tanh(zero) + x", straight("tanh(0) + x"));
    }

    private static String straight(String formula) {
        StraightLine line = StraightLine.of(Formula.parse(formula), new RecordingDialect(), Convention.EVONORM);
        assertEquals(List.of(), line.assignments());
        return line.output();
    }
}
