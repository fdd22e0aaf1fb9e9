package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Mutation;
import org.evonorm.graph.ProbeFingerprint;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.rejection.StaticFilter;
import org.evonorm.search.ProbedForms.Probed;
import org.junit.jupiter.api.Test;

class ProbedFormsTest {

    private static Probed probe(ProbedForms.Prober prober, Layer layer) {
        return prober.probe(layer, CandidateIdentity.id(layer));
    }

    /** Random graphs, and mutants of known layers, of which many are equal once simplified. */
    private static List<Layer> layers(int count) {
        SplittableRandom random = new SplittableRandom(1);
        List<Layer> layers = new ArrayList<>();
        RandomGraphs graphs = new RandomGraphs(Family.B, 10);
        Mutation mutation = new Mutation(Family.B);
        List<String> parents = List.of("EvoNorm-B0", "EvoNorm-S0", "BN-ReLU", "FRN-TLU", "GN-Swish");
        for (int i = 0; i < count; i++) {
            LayerGraph parent = Baselines.get(parents.get(i % parents.size())).graph();
            layers.add(Layer.evolved(i % 2 == 0 ? graphs.next(random) : mutation.mutate(parent, random)));
        }
        return layers;
    }

    @Test
    void verdictsAndKeysAreWhatEveryLayersOwnProbesTell() {
        ProbedForms.Prober prober = new ProbedForms().prober();
        StaticFilter filter = new StaticFilter();
        ProbeFingerprint fingerprint = new ProbeFingerprint();
        int passed = 0;
        for (Layer layer : layers(6000)) {
            CandidateStatus verdict = filter.judge(layer);
            boolean passes = verdict instanceof CandidateStatus.Passed;
            passed += passes ? 1 : 0;
            assertEquals(
                    new Probed(verdict, passes ? fingerprint.key(Simplification.of(layer)) : ""),
                    probe(prober, layer),
                    () -> Formula.print(layer));
        }
        assertTrue(passed > 1000, passed + " passed");
    }

    @Test
    void layersThatSimplifyToTheSameGraphAreProbedOnce() {
        ProbedForms forms = new ProbedForms();
        Probed first = probe(forms.prober(), Formula.parse("max(tanh(x + 0), x + 0 + 0)"));
        assertSame(first, probe(forms.prober(), Formula.parse("max(tanh(x), x)")));
        assertSame(first, probe(forms.prober(), Formula.parse("max(tanh(x), --x)")));
        assertNotEquals(first, probe(forms.prober(), Formula.parse("max(x, tanh(x + 1))")));
    }

    @Test
    void tasksOfOneProcessShareFormsWithoutHarm() throws Exception {
        List<Layer> layers = layers(1000);
        ProbedForms shared = new ProbedForms();
        ProbedForms.Prober alone = new ProbedForms().prober();
        List<Probed> expected =
                layers.stream().map(layer -> probe(alone, layer)).toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<List<Probed>> task = () -> {
                ProbedForms.Prober prober = shared.prober();
                return layers.stream().map(layer -> probe(prober, layer)).toList();
            };
            for (Future<List<Probed>> result : threads.invokeAll(List.of(task, task, task, task))) {
                assertEquals(expected, result.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
