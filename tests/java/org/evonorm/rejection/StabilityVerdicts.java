package org.evonorm.rejection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.Split;
import org.evonorm.data.files.ImageFiles;
import org.evonorm.data.files.ImageFormat;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Mutation;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;

/**
 * Prints the stability filter's verdict on each of many candidates, so that two states of the program can be compared
 * line by line. Every second candidate is a random graph, every other a two-step mutant of a baseline; all are distinct
 * and pass the static filter.
 */
public final class StabilityVerdicts {

    private static final int CROP = 24;
    private static final long SEED = 1;
    private static final NetworkScale SMALL = new NetworkScale(0.125, 0.25, NetworkScale.Variant.CIFAR);
    /** The baselines of which mutants are made: those that the paper names, since later ones would change the draws. */
    private static final List<String> PARENTS = List.of(
            "BN-ReLU",
            "BN-Swish",
            "GN-ReLU",
            "GN-Swish",
            "FRN-TLU",
            "EvoNorm-B0",
            "EvoNorm-B1",
            "EvoNorm-B2",
            "EvoNorm-S0",
            "EvoNorm-S1",
            "EvoNorm-S2");

    private StabilityVerdicts() {}

    /**
     * Arguments: the folder of CIFAR-10's binary files or {@code synthetic}, number of candidates, steps of ascent,
     * batch size, and a regular expression: candidates whose formulas it does not find are left out after the count.
     */
    public static void main(String[] arguments) {
        Dataset data = arguments[0].equals("synthetic")
                ? Datasets.synthetic(SEED, 1000, 100, 100)
                : Datasets.of(
                        ImageFiles.open(ImageFormat.CIFAR, arguments[0], OptionalInt.empty(), new Configuration()),
                        new Split(1000, 10_000, SEED));
        StabilitySettings settings =
                new StabilitySettings(Integer.parseInt(arguments[2]), 0.01, Integer.parseInt(arguments[3]), 1e8);
        List<Network> networks = List.of("resnet50", "mobilenetv2").stream()
                .map(name -> AnchorNetworks.of(name, SMALL, data.classes()))
                .toList();
        StabilityFilter filter = new StabilityFilter(new CpuEngine(), networks, data, CROP, settings, 1);
        Predicate<String> judged = Pattern.compile(arguments[4]).asPredicate();
        System.out.println("verdict\tsteps\tnorm\tseconds\tlayer");
        List<Layer> candidates = candidates(Integer.parseInt(arguments[1])).stream()
                .filter(layer -> judged.test(Formula.print(layer)))
                .toList();
        for (Layer layer : candidates) {
            long start = System.nanoTime();
            StabilityResult result = filter.judge(layer, SEED);
            System.out.printf(
                    Locale.ROOT,
                    "%s\t%d\t%.1e\t%.2f\t%s%n",
                    result.status() instanceof CandidateStatus.Passed ? "passed" : "rejected",
                    result.test().steps(),
                    result.test().norm(),
                    (System.nanoTime() - start) * 1e-9,
                    Formula.print(layer));
        }
    }

    private static List<Layer> candidates(int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        RandomGraphs graphs = new RandomGraphs(Family.B, 10);
        Mutation mutation = new Mutation(Family.B);
        StaticFilter filter = new StaticFilter();
        Map<String, Layer> candidates = new LinkedHashMap<>();
        while (candidates.size() < count) {
            LayerGraph graph;
            if (candidates.size() % 2 == 0) {
                graph = graphs.next(random);
            } else {
                LayerGraph parent = Baselines.get(PARENTS.get(random.nextInt(PARENTS.size())))
                        .graph();
                graph = mutation.mutate(mutation.mutate(parent, random), random);
            }
            Layer layer = Layer.evolved(graph);
            if (filter.judge(layer) instanceof CandidateStatus.Passed) {
                candidates.putIfAbsent(CandidateIdentity.id(layer), layer);
            }
        }
        return new ArrayList<>(candidates.values());
    }
}
