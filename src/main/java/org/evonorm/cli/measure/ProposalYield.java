package org.evonorm.cli.measure;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.MatingPool;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.Reproduction;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Layer;
import org.evonorm.search.ProbedForms;
import org.evonorm.search.trial.CandidateEvaluator;

/**
 * The yield of proposals: how many of them pass the static filter, are no duplicates and pass the signal filter. It
 * compares variation operators without any training.
 *
 * @param reproduction the rules of the proposals
 * @param pool         the parents, and counts to learn from
 * @param known        value keys of earlier candidates
 * @param evaluator    runs the signal filter
 * @param randomness   gives every seed
 * @param generation   number of the generation that the proposals stand for
 */
public record ProposalYield(
        Reproduction reproduction,
        MatingPool pool,
        Set<String> known,
        CandidateEvaluator evaluator,
        RandomSource randomness,
        int generation) {

    /**
     * The numbers of proposals that came so far.
     *
     * @param proposed all
     * @param passed   passed the static filter
     * @param original are no duplicates either
     * @param signal   passed the signal filter too
     */
    public record Funnel(int proposed, int passed, int original, int signal) {

        private static final Funnel ONE = new Funnel(1, 0, 0, 0);

        Funnel plus(Funnel other) {
            return new Funnel(
                    proposed + other.proposed, passed + other.passed, original + other.original, signal + other.signal);
        }

        /** The share of all proposals that came to the end. */
        public double passingShare() {
            return (double) signal / proposed;
        }
    }

    /**
     * Proposes {@code count} layers.
     *
     * @param begun receives, before each proposal, how many are done
     * @return the funnel of each origin, by its name
     */
    public Map<String, Funnel> measure(int count, IntConsumer begun) {
        ProbedForms.Prober prober = new ProbedForms().prober();
        Set<String> keys = new HashSet<>(known);
        Map<String, Funnel> funnels = new TreeMap<>();
        for (int index = 0; index < count; index++) {
            begun.accept(index);
            Reproduction.Offspring offspring = reproduction.offspring(pool, randomness.proposal(generation, index));
            String origin = offspring.origin().getClass().getSimpleName().toLowerCase(Locale.ROOT);
            funnels.merge(origin, funnel(offspring.layer(), prober, keys), Funnel::plus);
        }
        return funnels;
    }

    private Funnel funnel(Layer layer, ProbedForms.Prober prober, Set<String> keys) {
        String id = CandidateIdentity.id(layer);
        ProbedForms.Probed probed = prober.probe(layer, id);
        if (!probed.hasPassed()) {
            return Funnel.ONE;
        }
        if (!keys.add(probed.valueKey())) {
            return new Funnel(1, 1, 0, 0);
        }
        CandidateStatus signal =
                evaluator.checkSignal(layer, randomness.signalFilter(id)).status();
        return new Funnel(1, 1, 1, signal instanceof CandidateStatus.Passed ? 1 : 0);
    }
}
