package org.evonorm.graph.variation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.RandomGraphs;

/** Parents for tests: random graphs, known layers, and graphs of no node, one node and nothing but one initial node. */
final class SampleGraphs {

    private SampleGraphs() {}

    static List<LayerGraph> of(Family family, int random, SplittableRandom source) {
        List<LayerGraph> graphs = new ArrayList<>();
        for (int i = 0; i < random; i++) {
            graphs.add(new RandomGraphs(family, 1 + i % 10).next(source));
        }
        for (String text : List.of("x", "max(x, 0)", "v0 + v0", "x / max(rms_wh(x), v1 * x + std_whc(x))")) {
            graphs.add(Formula.parse(text).graph());
        }
        graphs.add(Baselines.get("EvoNorm-S0").graph());
        return graphs;
    }
}
