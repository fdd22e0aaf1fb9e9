package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.graph.simplification.Simplification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups by another rule than 8 channels each, in all forms of a layer, its identity and the reference. */
class GroupRuleTest {

    private static final Layer EIGHT = Formula.parse("x / std_whcg(x)");
    private static final Layer PUBLISHED = EIGHT.withGroups(GroupRule.PUBLISHED);

    @ParameterizedTest
    @CsvSource({
        "SIZE, 8, 16, 8", "SIZE, 8, 12, 6", "SIZE, 8, 7, 7", "SIZE, 8, 1, 1", "SIZE, 16, 24, 12",
        "COUNT, 32, 64, 2", "COUNT, 32, 48, 2", "COUNT, 32, 16, 1", "COUNT, 4, 6, 2", "COUNT, 1, 24, 24"
    })
    void groupsDivideTheChannels(GroupRule.Kind kind, int number, int channels, int size) {
        GroupRule rule = new GroupRule(kind, number);
        assertEquals(size, rule.size(channels));
        assertEquals(channels / size, rule.count(channels));
        assertEquals(rule, GroupRule.ofCode(rule.code()));
    }

    @Test
    void formulasAndJsonRoundTrip() {
        SplittableRandom random = new SplittableRandom(4);
        RandomGraphs graphs = new RandomGraphs(Family.S, 12);
        for (int i = 0; i < 500; i++) {
            GroupRule rule = new GroupRule(GroupRule.Kind.values()[random.nextInt(2)], 1 + random.nextInt(40));
            Layer layer = Layer.evolved(graphs.next(random)).withGroups(rule);
            assertEquals(layer, LayerJson.read(LayerJson.write(layer)));
            Layer parsed = Formula.parse(Formula.print(layer));
            assertEquals(CanonicalLayer.of(layer), CanonicalLayer.of(parsed), Formula.print(layer));
            CanonicalLayer simplified = Simplification.of(layer);
            assertEquals(rule.whereReached(simplified.graph(), GroupRule.DEFAULT), simplified.groups());
        }
        assertEquals("groups = count(32); x / std_whcg(x)", Formula.print(PUBLISHED));
        assertEquals(PUBLISHED, Formula.parse("groups=count(32);v1=channel(1);x/std_whcg(x)"));
    }

    @Test
    void theDefaultAndGroupsThatNothingReadsAreNotWritten() {
        assertEquals(EIGHT, Formula.parse("groups = size(8); x / std_whcg(x)"));
        assertFalse(LayerJson.write(EIGHT).contains("groups"));
        Layer without = Formula.parse("groups = count(4); x / std_wh(x)");
        assertEquals(GroupRule.DEFAULT, without.groups());
        assertEquals(
                CandidateIdentity.id(without),
                CandidateIdentity.id(Formula.parse("x / std_wh(x)").withGroups(GroupRule.PUBLISHED)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "groups = 8; std_whcg(x)",
                "groups = many(8); std_whcg(x)",
                "groups = size(0); std_whcg(x)",
                "groups = size(-8); std_whcg(x)",
                "groups = size(65537); std_whcg(x)",
                "groups = size(1.5); std_whcg(x)",
                "groups = size(99999999999999999999); std_whcg(x)",
                "groups = size(8); groups = size(8); std_whcg(x)"
            })
    void wrongRulesInFormulasAreRefused(String formula) {
        assertThrows(FormulaException.class, () -> Formula.parse(formula));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8",
                "{}",
                "{\"size\":8,\"count\":4}",
                "{\"size\":0}",
                "{\"count\":65537}",
                "{\"size\":\"8\"}",
                "{\"size\":1.5}",
                "{\"each\":8}",
                "[]",
                "null"
            })
    void wrongRulesInJsonAreRefused(String groups) {
        String json = LayerJson.write(EIGHT);
        String wrong = json.substring(0, json.length() - 1) + ",\"groups\":" + groups + "}";
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> LayerJson.read(wrong));
        assertTrue(refusal.getMessage().contains("groups"), refusal.getMessage());
    }

    /** One group is the whole sample, and as many groups as channels are single channels. */
    @Test
    void theReferenceFollowsTheRule() {
        Probe probe = Probe.seeded(3);
        ReferenceEvaluation evaluation = new ReferenceEvaluation(probe.shape());
        double[] expectedOne = evaluation.train(Formula.parse("x / std_whc(x)"), probe.x(), probe.vectors());
        double[] one =
                evaluation.train(EIGHT.withGroups(new GroupRule(GroupRule.Kind.COUNT, 1)), probe.x(), probe.vectors());
        assertArrayEquals(expectedOne, one, 1e-12);
        double[] eight = evaluation.train(EIGHT, probe.x(), probe.vectors());
        double[] single = evaluation.train(PUBLISHED, probe.x(), probe.vectors());
        assertArrayEquals(evaluation.train(Formula.parse("x / std_wh(x)"), probe.x(), probe.vectors()), single, 1e-12);
        assertNotEquals(eight[0], single[0]);
        assertArrayEquals(eight, evaluation.train(EIGHT, probe.x(), probe.vectors()));
    }

    @Test
    void theRuleIsAPartOfTheIdentity() {
        ProbeFingerprint fingerprint = new ProbeFingerprint();
        CandidateIdentity eight = CandidateIdentity.of(EIGHT, fingerprint);
        CandidateIdentity published = CandidateIdentity.of(PUBLISHED, fingerprint);
        assertFalse(eight.sameCandidate(published));
        // Single channels on the probes, but not in networks.
        Layer mixed = Formula.parse("groups = count(32); std_wh(x) * mean_whcg(x) * x");
        Layer grouped = Formula.parse("groups = count(32); std_whcg(x) * mean_whcg(x) * x");
        assertFalse(CandidateIdentity.of(mixed, fingerprint).sameCandidate(CandidateIdentity.of(grouped, fingerprint)));
        assertTrue(published.sameCandidate(
                CandidateIdentity.of(Formula.parse("groups = count(32); x / std_whcg(x + 0)"), fingerprint)));
    }

    @Test
    void proposalsFollowTheSearchSpaceAndMutantsTheirParents() {
        SearchSpace paper = SearchSpace.of(Family.S);
        SearchSpace space =
                new SearchSpace(paper.primitives(), paper.initialNodes(), paper.vectors(), GroupRule.PUBLISHED);
        LayerGraph graph = EIGHT.graph();
        assertEquals(GroupRule.PUBLISHED, space.layer(graph).groups());
        assertEquals(GroupRule.DEFAULT, space.mutant(EIGHT, graph).groups());
        Layer without = Formula.parse("tanh(x)");
        assertEquals(GroupRule.PUBLISHED, space.mutant(without, graph).groups());
        GroupRule four = new GroupRule(GroupRule.Kind.SIZE, 4);
        List<Layer> children = List.of(
                space.child(EIGHT.withGroups(four), EIGHT, graph),
                space.child(without, EIGHT.withGroups(four), graph),
                space.child(without, without, graph));
        assertEquals(
                List.of(four, four, GroupRule.PUBLISHED),
                children.stream().map(Layer::groups).toList());
    }
}
