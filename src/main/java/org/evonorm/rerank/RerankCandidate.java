package org.evonorm.rerank;

import java.io.Serializable;
import java.util.Optional;
import org.evonorm.evolution.Evaluated;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.simplification.Simplification;

/** A layer to rerank: one of the run's best, or a baseline. */
public sealed interface RerankCandidate extends Serializable {

    /** The layer's structural identity. */
    String id();

    /** The layer itself. */
    Layer layer();

    /** The name, or else the formula. */
    String title();

    /** The name or formula of a baseline; empty for a layer of the run. */
    Optional<String> name();

    /** One of the run's best layers. */
    record Found(String id, Layer layer) implements RerankCandidate {

        static Found of(Evaluated best) {
            return new Found(best.candidate().id(), best.candidate().layer());
        }

        @Override
        public String title() {
            return Formula.print(Simplification.shown(layer));
        }

        @Override
        public Optional<String> name() {
            return Optional.empty();
        }
    }

    /** A baseline; {@code title} is its name or formula. */
    record Baseline(String id, Layer layer, String title) implements RerankCandidate {

        static Baseline of(org.evonorm.settings.Baseline baseline) {
            return new Baseline(CandidateIdentity.id(baseline.layer()), baseline.layer(), baseline.name());
        }

        @Override
        public Optional<String> name() {
            return Optional.of(title);
        }
    }
}
