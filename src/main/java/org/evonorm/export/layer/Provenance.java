package org.evonorm.export.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.Layer;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.settings.ProxyDescription;
import org.evonorm.store.StoredCandidate;

/** What is known of a candidate that leaves its run, in sentences: its origin, its accuracies, and its cost. */
final class Provenance {

    private static final String TRAINED = "trained";

    private Provenance() {}

    /** The sentences of a candidate of a run; {@code run} is the location that the user gave. */
    static List<String> of(String run, StoredCandidate stored, ProxyDescription proxy) {
        Candidate candidate = stored.candidate();
        List<String> sentences = new ArrayList<>();
        sentences.add("Found by evonorm in the run " + run + ": candidate " + candidate.id() + " of generation "
                + candidate.generation() + ", " + origin(candidate.origin()) + ".");
        sentences.add(
                stored.accuracies().isEmpty()
                        ? "It was not trained there; its status is " + stored.status() + "."
                        : accuracies(stored, proxy));
        sentences.add(cost(candidate.layer()));
        return sentences;
    }

    private static String accuracies(StoredCandidate stored, ProxyDescription proxy) {
        String values = stored.accuracies().entrySet().stream()
                .map(entry -> entry.getKey()
                        + network(entry.getKey(), proxy.networks())
                        + String.format(Locale.ROOT, " %.1f%%", 100 * entry.getValue()))
                .collect(Collectors.joining(", "));
        return "Validation accuracies there: " + values + ", after "
                + (stored.status().equals(TRAINED)
                        ? proxy.training()
                        : "a part of " + proxy.training() + " (its status is " + stored.status() + ")")
                + " on " + proxy.images() + ".";
    }

    private static String network(String name, Map<String, String> networks) {
        return networks.containsKey(name) ? " (" + networks.get(name) + ")" : "";
    }

    /** The cost that the layer's plan has in evonorm's CPU engine. */
    private static String cost(Layer layer) {
        LayerPlan plan = LayerPlan.training(Simplification.of(layer));
        int kept = plan.keptSampleChannels().cardinality();
        return "A training step in evonorm's CPU engine takes "
                + plan.forward().passes().count() + " forward and "
                + plan.backward().passes().count()
                + " backward passes over the activations, and saves 4 bytes per value of x"
                + (kept == 0 ? "" : " and " + 4 * kept + " per sample and channel") + " for the gradient.";
    }

    private static String origin(Origin origin) {
        if (origin instanceof Origin.Mutation mutation) {
            return "a mutation of " + mutation.parent();
        }
        if (origin instanceof Origin.Crossover crossover) {
            return "a crossover of " + crossover.parent() + " and " + crossover.secondParent();
        }
        if (origin instanceof Origin.Seed) {
            return "a layer that the search was started from";
        }
        return origin instanceof Origin.Baseline ? "a baseline" : "a random graph";
    }
}
