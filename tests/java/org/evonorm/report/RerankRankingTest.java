package org.evonorm.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.evonorm.report.RerankRanking.RankedLayer;
import org.evonorm.store.RerankRow;
import org.evonorm.store.ScoredOn;
import org.junit.jupiter.api.Test;

class RerankRankingTest {

    private static final List<String> NETWORKS = List.of("one", "two");

    private final List<RerankRow.Named> trainings = new ArrayList<>();

    private void add(String name, String id, String network, int number, String settings, double accuracy) {
        trainings.add(new RerankRow.Named(
                new RerankRow.Score(
                        new RerankRow.Training(id, network, ScoredOn.VALIDATION, number, settings), accuracy),
                Optional.of(name).filter(text -> !text.isEmpty()),
                "formula of " + id));
    }

    private void add(String name, String id, double... accuracies) {
        for (int i = 0; i < accuracies.length; i++) {
            add(name, id, NETWORKS.get(i % 2), 1 + i / 2, "now", accuracies[i]);
        }
    }

    private RerankRanking ranking() {
        Collections.shuffle(trainings, new Random(4));
        List<RerankRanking> rankings = RerankRanking.of(trainings, NETWORKS);
        assertEquals(1, rankings.size());
        return rankings.get(0);
    }

    @Test
    void differencesAreTakenSeedBySeed() {
        add("BN-ReLU", "b", 0.1, 0.2, 0.2, 0.3, 0.3, 0.4);
        add("worse", "w", 0, 0, 0, 0, 0, 0);
        add("", "f", 0.15, 0.25, 0.25, 0.35, 0.35, 0.45);
        RerankRanking ranking = ranking();
        assertEquals("held-out", ranking.images());
        assertEquals(3, ranking.seeds());
        assertEquals("BN-ReLU", ranking.against());
        assertEquals(
                List.of("formula of f", "BN-ReLU", "worse"),
                ranking.layers().stream().map(RankedLayer::name).toList());
        RankedLayer found = ranking.layers().get(0);
        assertEquals("front", found.kind());
        assertEquals(0.3, found.overall().mean(), 1e-12);
        // Student's t for two degrees of freedom, 4.302653, times the deviation of 0.1 over the root of 3.
        assertEquals(4.302653 * 0.1 / Math.sqrt(3), found.overall().half(), 1e-6);
        assertEquals(0.05, found.difference().mean(), 1e-12);
        assertEquals(0, found.difference().half(), 1e-12);
        assertEquals(0.25, found.accuracies().get(0).mean(), 1e-12);
    }

    @Test
    void aRerankThatGoesOnShowsTheSeedsThatAllNetworksHave() {
        add("BN-ReLU", "b", 0.1, 0.2, 0.3);
        add("", "f", 0.2, 0.3, 0.4);
        add("", "late", "one", 1, "now", 0.9);
        RerankRanking ranking = ranking();
        assertEquals(1, ranking.seeds());
        assertEquals(1, ranking.missing());
        assertEquals(0.25, ranking.layers().get(0).overall().mean(), 1e-12);
    }

    @Test
    void oneSeedHasNoInterval() {
        add("", "f", 0.5, 0.5);
        RerankRanking ranking = ranking();
        assertEquals("", ranking.against());
        assertFalse(ranking.layers().get(0).overall().isKnown());
    }

    @Test
    void otherSettingsAndLayersThatLackTrainingsAreLeftOut() {
        add("BN-ReLU", "b", "one", 1, "before", 0.9);
        add("BN-ReLU", "b", "two", 1, "before", 0.9);
        List<RerankRow.Named> earlier = List.copyOf(trainings);
        trainings.clear();
        add("BN-ReLU", "b", 0.1, 0.2, 0.2, 0.3);
        add("", "failed", "one", 1, "now", 0.5);
        Collections.shuffle(trainings, new Random(2));
        trainings.addAll(0, earlier);
        List<RerankRanking> rankings = RerankRanking.of(trainings, NETWORKS);
        RerankRanking ranking = rankings.get(0);
        assertEquals(1, ranking.layers().size());
        assertEquals(1, ranking.missing());
        assertEquals(0.2, ranking.layers().get(0).overall().mean(), 1e-12);
        assertTrue(RerankRanking.of(List.of(), NETWORKS).isEmpty());
    }
}
