/**
 * The simplifier: rules that say a layer in fewer primitives without changing a value, a gradient or a running
 * statistic (docs/design.md, "Simplified form"). Evolution proposes {@code max(tanh(x + 0), x + 0 + 0)}; engines run,
 * reports show and exports write {@code max(tanh(x), x)}.
 *
 * <p>Nothing here rounds differently by intent, approximates, or assumes finite values: rewrites over programs, which
 * may, belong to {@code org.evonorm.program}.
 *
 * <p>To read: {@link org.evonorm.graph.simplification.Simplification}, {@link org.evonorm.graph.simplification.Rules},
 * {@link org.evonorm.graph.simplification.NodeFacts}.
 */
package org.evonorm.graph.simplification;
