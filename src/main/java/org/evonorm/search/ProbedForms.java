package org.evonorm.search;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Layer;
import org.evonorm.graph.ProbeFingerprint;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.rejection.StaticFilter;

/**
 * The verdict of the static filter and the value key of each simplified form, which the forms of a process share:
 * layers that simplify to the same graph are known as duplicates before any probe. Verdict and key depend on the form
 * alone, so that a form that was forgotten, or was probed in another process, changes nothing but the time.
 */
public final class ProbedForms {

    /** Forms that are remembered, the most recently used ones: some ten megabytes. */
    private static final int MOST = 50_000;

    private static final ProbedForms OF_PROCESS = new ProbedForms();

    private final Map<String, Probed> byId = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Probed> eldest) {
            return size() > MOST;
        }
    };

    /**
     * What the probes tell of a layer.
     *
     * @param verdict  verdict of the static filter
     * @param valueKey value key; empty if the static filter rejected the layer
     */
    public record Probed(CandidateStatus verdict, String valueKey) {

        /** Whether the static filter passed the layer. */
        public boolean hasPassed() {
            return verdict instanceof CandidateStatus.Passed;
        }
    }

    /** The forms that all tasks of this process share. */
    static ProbedForms ofProcess() {
        return OF_PROCESS;
    }

    /** A probe of layers that looks here first. Not for use by several threads at once. */
    public Prober prober() {
        return new Prober();
    }

    private synchronized Optional<Probed> get(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    private synchronized void put(String id, Probed probed) {
        byId.put(id, probed);
    }

    /** The static filter and the value key, with their probes. */
    public final class Prober {

        private final StaticFilter filter = new StaticFilter();
        private final ProbeFingerprint fingerprint = new ProbeFingerprint();

        private Prober() {}

        /**
         * Verdict and value key of a layer.
         *
         * @param id the layer's id
         */
        public Probed probe(Layer layer, String id) {
            return get(id).orElseGet(() -> {
                Optional<CandidateStatus> rejected = filter.judgeUnprobed(layer);
                Probed probed =
                        rejected.isPresent() ? new Probed(rejected.get(), "") : ofSimplified(Simplification.of(layer));
                put(id, probed);
                return probed;
            });
        }

        private Probed ofSimplified(CanonicalLayer layer) {
            String id = CandidateIdentity.id(layer.layer());
            return get(id).orElseGet(() -> {
                CandidateStatus verdict = filter.judge(layer.layer());
                Probed probed =
                        new Probed(verdict, verdict instanceof CandidateStatus.Passed ? fingerprint.key(layer) : "");
                put(id, probed);
                return probed;
            });
        }

        /** The value key of a layer, whatever the static filter would say. */
        String valueKey(Layer layer) {
            return fingerprint.key(Simplification.of(layer));
        }
    }
}
