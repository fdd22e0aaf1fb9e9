package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.inference.TTest;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.MatingPool;
import org.evonorm.evolution.Origin;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.Reproduction;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.evolution.Strategy;
import org.evonorm.evolution.VariationShares;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Family;
import org.evonorm.graph.SearchSpace;
import org.evonorm.rejection.StaticFilter;
import org.evonorm.settings.SearchSettings;
import org.evonorm.settings.Settings;
import org.junit.jupiter.api.Test;

/** The settings of the paper's ablations, in searches on known accuracies, over several seeds and without Spark. */
class AblationTest {

    private static final int SEEDS = 12;
    private static final int GENERATIONS = 4;
    private static final int PROPOSALS = 120;

    /** All layers that passed the static filter, by generation. */
    private static List<Evaluated> search(long seed, String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "search.window=100", "search.tournament-share=0.2", "search.random-share=0.25", "search.nodes=8"));
        all.addAll(List.of(settings));
        SearchSettings search = Settings.load(Optional.empty(), all).search();
        RandomSource randomness = new RandomSource(seed);
        StaticFilter filter = new StaticFilter();
        SlidingWindow window = SlidingWindow.empty(search.window());
        List<Evaluated> evaluated = new ArrayList<>();
        for (int generation = 1; generation <= GENERATIONS; generation++) {
            List<Evaluated> next = new ArrayList<>();
            for (int index = 0; index < PROPOSALS; index++) {
                Reproduction.Offspring offspring =
                        search.reproduction().offspring(MatingPool.of(window), randomness.proposal(generation, index));
                if (filter.judge(offspring.layer()) instanceof CandidateStatus.Passed) {
                    next.add(new Evaluated(
                            new Candidate(
                                    CandidateIdentity.id(offspring.layer()),
                                    offspring.origin(),
                                    generation,
                                    index,
                                    offspring.layer()),
                            KnownAccuracies.fitness(offspring.layer())));
                }
            }
            window = window.with(next);
            evaluated.addAll(next);
        }
        return evaluated;
    }

    private static double meanOfBest(List<Evaluated> evaluated) {
        return evaluated.stream()
                .map(Evaluated::fitness)
                .sorted(Comparator.comparingDouble(Fitness::mean).reversed())
                .limit(10)
                .mapToDouble(Fitness::mean)
                .average()
                .orElseThrow();
    }

    private static double[] overSeeds(String... settings) {
        double[] best = new double[SEEDS];
        Arrays.setAll(best, seed -> meanOfBest(search(seed, settings)));
        return best;
    }

    /** Paired one-sided t-test over the seeds, at significance 0.001. */
    private static void assertBetter(double[] better, double[] worse) {
        double p = new TTest().pairedTTest(better, worse) / 2;
        double difference = DoubleStream.of(better).average().orElseThrow()
                - DoubleStream.of(worse).average().orElseThrow();
        assertTrue(difference > 0 && p < 0.001, difference + " better, p = " + p);
    }

    @Test
    void evolutionBeatsRandomSearchOverSeeds() {
        assertBetter(overSeeds(), overSeeds("search.strategy=random"));
    }

    @Test
    void parentsThatCompeteAreBetterThanParentsAtRandom() {
        // In a tournament of one, any layer wins.
        assertBetter(overSeeds("search.tournament-share=0.2"), overSeeds("search.tournament-share=0.0001"));
    }

    @Test
    void selectionByOneNetworkServesThatNetworkBest() {
        for (int network = 0; network < KnownAccuracies.NETWORKS.size(); network++) {
            int judged = network;
            double[] specialists = inNetwork(judged, KnownAccuracies.NETWORKS.get(judged));
            assertBetter(specialists, inNetwork(judged, KnownAccuracies.NETWORKS.get((judged + 1) % 3)));
        }
    }

    /** Mean accuracy of all mutants in a network. */
    private static double[] inNetwork(int network, String selection) {
        double[] means = new double[SEEDS];
        Arrays.setAll(
                means,
                seed -> search(seed, "search.selection=" + selection).stream()
                        .filter(member -> member.candidate().origin() instanceof Origin.Mutation)
                        .mapToDouble(member -> member.fitness().accuracies().get(network))
                        .average()
                        .orElseThrow());
        return means;
    }

    @Test
    void parentsAreNoOlderThanTheWindow() {
        List<Evaluated> evaluated = search(1, "search.window=7", "search.random-share=0");
        for (Evaluated member : evaluated) {
            if (member.candidate().origin() instanceof Origin.Mutation mutation) {
                List<String> window = evaluated.stream()
                        .map(Evaluated::candidate)
                        .filter(earlier ->
                                earlier.generation() < member.candidate().generation())
                        .map(Candidate::id)
                        .toList();
                assertTrue(window.subList(Math.max(0, window.size() - 7), window.size())
                        .contains(mutation.parent()));
            }
        }
    }

    @Test
    void everySettingReachesReproduction() {
        Reproduction reproduction = Settings.load(
                        Optional.empty(),
                        List.of(
                                "search.strategy=random",
                                "search.selection=average",
                                "search.tournament-share=0.3",
                                "search.random-share=0.7",
                                "search.mutations=5",
                                "search.nodes=4",
                                "search.crossover-share=0.125",
                                "search.insertion-share=0.25",
                                "search.removal-share=0.375",
                                "search.learned-share=0.5",
                                "search.family=s"))
                .search()
                .reproduction();
        assertEquals(Strategy.RANDOM, reproduction.strategy());
        assertEquals(new VariationShares(0.125, 0.25, 0.375, 0.5), reproduction.shares());
        assertEquals(
                List.of(
                        "0.3",
                        "Average[]",
                        "0.7",
                        "5",
                        "4",
                        SearchSpace.of(Family.S).toString()),
                Stream.of(
                                reproduction.tournament().share(),
                                reproduction.tournament().selection(),
                                reproduction.randomShare(),
                                reproduction.mutations(),
                                reproduction.nodes(),
                                reproduction.space())
                        .map(Object::toString)
                        .toList());
    }
}
