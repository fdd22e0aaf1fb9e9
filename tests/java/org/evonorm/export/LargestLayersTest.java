package org.evonorm.export;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.onnx.OnnxLayout;
import org.evonorm.export.onnx.OnnxModel;
import org.evonorm.export.onnx.OnnxParameters;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Formula;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.Statistic;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The time that layers of as many nodes as a layer may have take on their way out. */
class LargestLayersTest {

    /** Seconds of processor time, not of the clock, since a test machine may be crowded. */
    private static final double MOST_SECONDS = 3;

    /** Layers that once took up to half a minute: each pass was compiled for each of forty runs. */
    enum Shape {
        /** Products of aggregates over images: many passes, each over most of the graph. */
        PRODUCTS(Elementwise.MUL, Elementwise.MAX, IndexSet.WH),
        /** Quotients by aggregates over groups. */
        QUOTIENTS(Elementwise.DIV, Elementwise.MUL, IndexSet.WHCG),
        /** Sums with aggregates over the batch: as many stages as aggregates. */
        SUMS(Elementwise.ADD, Elementwise.MAX, IndexSet.BWH);

        private final Primitive[] joins;
        private final IndexSet over;

        Shape(Elementwise first, Elementwise second, IndexSet over) {
            this.joins = new Primitive[] {first, second};
            this.over = over;
        }

        Layer layer() {
            SplittableRandom random = new SplittableRandom(16);
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < Formula.MOST_NODES; i++) {
                int last = i == 0 ? LayerGraph.X : 3 + i;
                int near = Math.max(0, last - random.nextInt(40));
                nodes.add(
                        random.nextInt(6) == 0
                                ? new Node(new Aggregate(Statistic.STD, over), near)
                                : new Node(joins[random.nextInt(2)], last, near));
            }
            return Layer.evolved(new LayerGraph(nodes));
        }
    }

    @ParameterizedTest
    @EnumSource
    void areWrittenInTheFormsOfAllFormatsWithinSeconds(Shape shape) {
        Layer layer = shape.layer();
        // The same work on a small layer first, so that the time is not that of starting.
        CheckFile.write(ExportedLayer.of(Formula.parse("x / std_wh(x)")));
        double before = processorSeconds();
        ExportedLayer exported = ExportedLayer.of(layer);
        for (ExportFormat format : ExportFormat.texts()) {
            assertTrue(format.write(exported).length() > 0);
        }
        assertTrue(OnnxModel.write(exported, OnnxParameters.initial(exported, 16), OnnxLayout.NCHW).length > 0);
        checkFile(exported);
        assertTrue(processorSeconds() - before < MOST_SECONDS, processorSeconds() - before + " s");
    }

    @ParameterizedTest
    @EnumSource
    void arePlannedWithinSeconds(Shape shape) {
        CanonicalLayer layer = CanonicalLayer.of(shape.layer());
        double before = processorSeconds();
        LayerPlan plan = LayerPlan.training(layer);
        assertTrue(processorSeconds() - before < MOST_SECONDS, processorSeconds() - before + " s");
        assertTrue(plan.passes().count() > 50, "the shape has few passes");
    }

    /** Writes the check file; the values of such layers need not be finite, which only shows at the end of the work. */
    private static void checkFile(ExportedLayer exported) {
        try {
            assertTrue(CheckFile.write(exported).contains("evaluation"));
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().contains("not finite"), e.getMessage());
        }
    }

    private static double processorSeconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() * 1e-9;
    }
}
