package org.evonorm.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.MatingPool;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.Reproduction;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Layer;
import org.evonorm.search.trial.TrialResult;

/**
 * The stage that proposes candidates, run inside Spark tasks. A proposal comes from a tournament in the window or is a
 * random graph, and goes through the static filter (docs/design.md, "Selection and reproduction").
 *
 * @param pool     parents and counts that proposals are made from
 * @param filtered whether the static filter is on
 */
record Proposer(
        int generation,
        RandomSource randomness,
        Reproduction reproduction,
        Broadcast<MatingPool> pool,
        boolean filtered)
        implements Serializable {

    /** The proposals with these indices; each depends on the seed, the generation and its own index alone. */
    Iterator<Proposal> propose(Iterator<Integer> indices) {
        ProbedForms.Prober prober = ProbedForms.ofProcess().prober();
        List<Proposal> proposals = new ArrayList<>();
        while (indices.hasNext()) {
            proposals.add(propose(indices.next(), prober));
        }
        return proposals.iterator();
    }

    private Proposal propose(int index, ProbedForms.Prober prober) {
        Reproduction.Offspring offspring = reproduction.offspring(pool.value(), randomness.proposal(generation, index));
        Layer layer = offspring.layer();
        String id = CandidateIdentity.id(layer);
        Candidate candidate = new Candidate(id, offspring.origin(), generation, index, layer);
        TrialResult<ProbedForms.Probed> probed = TrialResult.of(() -> filtered
                ? prober.probe(layer, id)
                : new ProbedForms.Probed(new CandidateStatus.Passed(), prober.valueKey(layer)));
        String valueKey = probed instanceof TrialResult.Completed<ProbedForms.Probed> completed
                ? completed.value().valueKey()
                : "";
        return new Proposal(candidate, valueKey, probed.map(ProbedForms.Probed::verdict));
    }
}
