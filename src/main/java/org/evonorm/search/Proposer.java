package org.evonorm.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.Reproduction;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Layer;
import org.evonorm.graph.ProbeFingerprint;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.rejection.StaticFilter;
import org.evonorm.search.trial.TrialResult;

/**
 * The stage that proposes candidates, run inside Spark tasks. A proposal comes from a tournament in the window or is a
 * random graph, and goes through the static filter (docs/design.md, "Selection and reproduction").
 *
 * @param window   members that may become parents
 * @param filtered whether the static filter is on
 */
record Proposer(
        int generation,
        RandomSource randomness,
        Reproduction reproduction,
        Broadcast<SlidingWindow> window,
        boolean filtered)
        implements Serializable {

    /** The proposals with these indices; each depends on the seed, the generation and its own index alone. */
    Iterator<Proposal> propose(Iterator<Integer> indices) {
        StaticFilter filter = new StaticFilter();
        ProbeFingerprint fingerprint = new ProbeFingerprint();
        List<Proposal> proposals = new ArrayList<>();
        while (indices.hasNext()) {
            proposals.add(propose(indices.next(), filter, fingerprint));
        }
        return proposals.iterator();
    }

    private Proposal propose(int index, StaticFilter filter, ProbeFingerprint fingerprint) {
        Reproduction.Offspring offspring =
                reproduction.offspring(window.value(), randomness.proposal(generation, index));
        Layer layer = offspring.layer();
        Candidate candidate = new Candidate(CandidateIdentity.id(layer), offspring.origin(), generation, index, layer);
        TrialResult<CandidateStatus> status =
                TrialResult.of(() -> filtered ? filter.judge(layer) : new CandidateStatus.Passed());
        Proposal proposal = new Proposal(candidate, "", status);
        return proposal.passed()
                ? new Proposal(candidate, fingerprint.key(Simplification.of(layer)), status)
                : proposal;
    }
}
