package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Layer;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.store.LocalSpark;
import org.evonorm.training.TrainingResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of trainings: long ones start first, so that none runs alone at the end while other executors are idle. */
class TrainingOrderTest {

    private static final List<Begun> BEGUN = Collections.synchronizedList(new ArrayList<>());

    private record Begun(long cost, int nodes) {}

    private record Recording(KnownAccuracies known) implements OnKnownAccuracies {

        /** The second network is the costliest. */
        @Override
        public long cost(String network) {
            return List.of("efficientnetb0", "resnet50", "mobilenetv2").indexOf(network);
        }

        @Override
        public TrainingResult train(Layer layer, String network, long seed) {
            BEGUN.add(new Begun(
                    cost(network), CanonicalForm.of(layer.graph()).nodes().size()));
            return known.train(layer, network, seed);
        }
    }

    @TempDir
    private Path folder;

    @Test
    void theCostliestNetworkComesFirstAndInItTheLargestLayers() {
        // One core begins the trainings in the order in which many cores would take them.
        KnownSearch.run(
                LocalSpark.session(1),
                folder.resolve("run").toString(),
                1,
                new Recording(new KnownAccuracies()),
                SearchObserver.SILENT,
                "search.baselines=[]",
                "rejection.quality.enabled=off",
                "rejection.stability.enabled=off",
                "search.proposals=120");
        assertTrue(BEGUN.stream().map(Begun::nodes).distinct().count() > 2, BEGUN.toString());
        assertEquals(
                BEGUN.stream()
                        .sorted(Comparator.comparingLong(Begun::cost)
                                .thenComparingInt(Begun::nodes)
                                .reversed())
                        .toList(),
                BEGUN);
    }
}
