package org.evonorm.cli.measure;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.function.IntConsumer;
import org.evonorm.data.Batch;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Family;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.network.Network;
import org.evonorm.program.LayerLowering;
import org.evonorm.rejection.StaticFilter;
import org.evonorm.search.ProbedForms;

/** The times of random graphs that pass the static filter, one after another in one JVM, as in a search. */
public final class RandomGraphTiming {

    /** Nodes of a graph (paper, section 3). */
    private static final int NODES = 10;

    private static final int PROPOSALS = 50_000;

    private static final int SIMPLIFIED = 1000;

    private final SplittableRandom random = new SplittableRandom(1);
    private final StaticFilter filter = new StaticFilter();
    private final ProbedForms.Prober prober = new ProbedForms().prober();

    /**
     * The times of all graphs.
     *
     * @param ofIdentity time of a step per graph, as a multiple of the identity layer's
     * @param building   milliseconds per graph to build its model: until the end of the first step, less the second
     *                   step
     */
    public record Result(double[] ofIdentity, double[] building) {}

    /**
     * Measures the steps of {@code count} graphs of both families, in turn with steps of the identity layer.
     *
     * @param warmup      unmeasured steps of each layer
     * @param repetitions measured steps of each layer
     * @param begun       receives, before each graph, the number of measured graphs
     */
    public Result measure(
            Engine engine,
            Network network,
            Batch batch,
            int threads,
            int count,
            int warmup,
            int repetitions,
            IntConsumer begun)
            throws InterruptedException, ExecutionException {
        StepTiming timing = new StepTiming(engine, threads, 1);
        double[] ofIdentity = new double[count];
        double[] building = new double[count];
        for (int i = 0; i < count; i++) {
            begun.accept(i);
            Layer layer = next(i % 2 == 0 ? Family.B : Family.S);
            building[i] = building(engine, network, layer, batch, threads);
            double[][] times = timing.milliseconds(
                    network, List.of(Baselines.get("identity"), layer), batch, warmup, repetitions, steps -> {});
            ofIdentity[i] = StepTiming.median(times[1]) / StepTiming.median(times[0]);
        }
        return new Result(ofIdentity, building);
    }

    private static double building(Engine engine, Network network, Layer layer, Batch batch, int threads) {
        long start = System.nanoTime();
        try (Model model = engine.build(network, layer, threads, 1)) {
            model.lossAndGradient(batch);
            long first = System.nanoTime();
            model.lossAndGradient(batch);
            return (2 * first - start - System.nanoTime()) * 1e-6;
        }
    }

    /**
     * Random graphs per second: proposed, made canonical and simplified, and, where the simplified form is new,
     * filtered statically and, if they pass, given a value key.
     */
    public double proposalsPerSecond() {
        propose(PROPOSALS);
        long start = System.nanoTime();
        propose(PROPOSALS);
        return PROPOSALS / ((System.nanoTime() - start) * 1e-9);
    }

    /**
     * The operations that the simplified form saves.
     *
     * @param graphs                 random graphs that pass the static filter, of both families in turn
     * @param nodes                  nodes of their canonical forms
     * @param simplifiedNodes        nodes of their simplified forms
     * @param instructions           instructions of a training step, as lowered from the canonical forms
     * @param simplifiedInstructions instructions of a training step, as lowered from the simplified forms
     */
    public record Savings(
            int graphs, long nodes, long simplifiedNodes, long instructions, long simplifiedInstructions) {}

    /** Counts the operations of random graphs with and without simplification. */
    public Savings savings() {
        long nodes = 0;
        long simplifiedNodes = 0;
        long instructions = 0;
        long simplifiedInstructions = 0;
        for (int i = 0; i < SIMPLIFIED; i++) {
            Layer layer = next(i % 2 == 0 ? Family.B : Family.S);
            CanonicalLayer canonical = CanonicalLayer.of(layer);
            CanonicalLayer simplified = Simplification.of(layer);
            nodes += canonical.graph().nodes().size();
            simplifiedNodes += simplified.graph().nodes().size();
            instructions += LayerLowering.training(canonical).instructions().size();
            simplifiedInstructions +=
                    LayerLowering.training(simplified).instructions().size();
        }
        return new Savings(SIMPLIFIED, nodes, simplifiedNodes, instructions, simplifiedInstructions);
    }

    private void propose(int count) {
        RandomGraphs graphs = new RandomGraphs(Family.B, NODES);
        for (int i = 0; i < count; i++) {
            Layer layer = new Layer(graphs.next(random), true);
            prober.probe(layer, CandidateIdentity.id(layer));
        }
    }

    private Layer next(Family family) {
        RandomGraphs graphs = new RandomGraphs(family, NODES);
        while (true) {
            Layer layer = new Layer(graphs.next(random), true);
            if (filter.judge(layer) instanceof CandidateStatus.Passed) {
                return layer;
            }
        }
    }
}
