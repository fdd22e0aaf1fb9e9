package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedSubexpressionsTest {

    /** tanh of tanh of …, with this many operators, around {@code inner}. */
    private static String nested(int operators, String inner) {
        return "tanh(".repeat(operators) + inner + ")".repeat(operators);
    }

    private static Map<Integer, String> names(String formula) {
        return SharedSubexpressions.names(Formula.parse(formula).graph());
    }

    @Test
    void anExpressionOfFortyOperatorsNeedsNoNames() {
        assertEquals(Map.of(), names(nested(40, "x")));
        assertEquals(Map.of(), names("a = exp(x) * x; a + " + nested(35, "a")));
        assertEquals(Map.of(), names("x | no affine"));
    }

    @Test
    void inLongerOnesSharedNodesOfSeveralOperatorsHaveNames() {
        assertEquals(Map.of(5, "a"), names("a = exp(x) * x; a + " + nested(36, "a")));
        // One operator is not worth a name.
        assertEquals(Map.of(), names("a = exp(x); a + " + nested(37, "a") + " + 0"));
    }

    @Test
    void longNodesHaveNamesThoughUsedOnce() {
        assertEquals(Map.of(), names(nested(41, "x")));
        // The 41st is the first that would be long itself; the output needs no name.
        assertEquals(Map.of(44, "a"), names(nested(42, "x")));
        assertEquals(Map.of(44, "a"), names(nested(81, "x")));
        assertEquals(Map.of(44, "a"), names(nested(82, "x")));
        assertEquals(Map.of(44, "a", 85, "b"), names(nested(83, "x")));
    }

    @Test
    void namesFollowEachOtherInTheOrderOfNodes() {
        StringBuilder formula = new StringBuilder("n0 = x * x + v0; ");
        for (int i = 1; i <= 20; i++) {
            formula.append("n" + i + " = n" + (i - 1) + " * n" + (i - 1) + " + v0; ");
        }
        assertEquals(
                List.of(
                        "a", "b", "c", "d", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "u", "w",
                        "z", "a1"),
                List.copyOf(names(formula + "n20 / n20").values()).subList(0, 21));
    }
}
