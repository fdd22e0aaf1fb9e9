package org.evonorm.export.layer;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Formula;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.settings.ProxyDescription;
import org.evonorm.store.StoredCandidate;

/**
 * A layer to export, with its provenance and the names that follow from it.
 *
 * @param layer      the simplified form
 * @param id         id of the layer as proposed, by which its run knows it
 * @param provenance sentences on run, candidate, accuracies and cost, each made one line of visible characters; empty
 *                   for a layer that belongs to no run
 * @param convention the convention about eps and groups that its module follows
 */
public record ExportedLayer(Layer layer, String id, List<String> provenance, Convention convention) {

    private static final int ID_DIGITS = 8;

    public ExportedLayer {
        provenance = provenance.stream().map(OneLine::of).toList();
    }

    /** The layer by the definition of its primitives. */
    public ExportedLayer(Layer layer, String id, List<String> provenance) {
        this(layer, id, provenance, Convention.EVONORM);
    }

    /**
     * The layer by another convention.
     *
     * @throws IllegalArgumentException if the layer is no baseline, so that no published code defines it
     */
    public ExportedLayer by(Convention other) {
        if (other == Convention.PAPER && baselineName().isEmpty()) {
            throw new IllegalArgumentException("the convention of the paper's code is for its layers alone ("
                    + String.join(", ", Baselines.names()) + "), not for " + Formula.print(layer.graph())
                    + "; export it without --convention");
        }
        GroupRule groups = other == Convention.PAPER && hasGroups() ? GroupRule.PUBLISHED : layer.groups();
        return new ExportedLayer(layer.withGroups(groups), id, provenance, other);
    }

    /** A layer that belongs to no run. */
    public static ExportedLayer of(Layer layer) {
        return of(layer, List.of());
    }

    /** A candidate of a run; {@code run} is the location that the user gave, {@code proxy} the run's task. */
    public static ExportedLayer of(String run, StoredCandidate stored, ProxyDescription proxy) {
        return of(stored.candidate().layer(), Provenance.of(run, stored, proxy));
    }

    private static ExportedLayer of(Layer layer, List<String> provenance) {
        return new ExportedLayer(Simplification.shown(layer), CandidateIdentity.id(layer), provenance);
    }

    /** The name of a baseline, or else {@code Evolved layer} with the first digits of the layer's id. */
    public String title() {
        return baselineName().orElseGet(() -> "Evolved layer " + shortId());
    }

    /** The name of a Python class, for example {@code EvoNormB0} or {@code EvolvedLayer_f9911327}. */
    public String className() {
        return baselineName()
                .map(name -> name.equals("identity") ? "Identity" : name.replace("-", ""))
                .orElseGet(() -> "EvolvedLayer_" + shortId());
    }

    /** The name of a file without its extension and of a Python module, for example {@code evonorm_b0}. */
    public String fileName() {
        return title().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
    }

    /** The layer's function of x as an equation, with its affine. */
    public String equation() {
        String formula = Formula.print(layer.graph());
        if (!layer.affine()) {
            return "y = " + formula;
        }
        // If names are bound first, the affine belongs to the last expression.
        int bindings = formula.lastIndexOf("; ") + 1;
        String output = formula.substring(bindings).strip();
        boolean isValue = layer.graph().output() == LayerGraph.X || output.matches("\\w+(\\([^()]*\\))?");
        return formula.substring(0, bindings) + (bindings > 0 ? " " : "") + "y = gamma * "
                + (isValue ? output : "(" + output + ")") + " + beta";
    }

    /** Whether the layer has aggregates over groups of channels. */
    public boolean hasGroups() {
        return layer.graph().nodes().stream()
                .anyMatch(node -> node.primitive() instanceof Aggregate aggregate && aggregate.over() == IndexSet.WHCG);
    }

    /** How channels are divided into groups; empty where the layer has none, or the usual ones. */
    public Optional<String> unusualGroups() {
        GroupRule groups = layer.groups();
        return hasGroups() && !groups.equals(GroupRule.DEFAULT)
                ? Optional.of("Channels are divided into " + groups.description() + ".")
                : Optional.empty();
    }

    private Optional<String> baselineName() {
        return Baselines.names().stream()
                .filter(name -> CandidateIdentity.id(Baselines.get(name)).equals(id))
                .findFirst();
    }

    private String shortId() {
        return id.substring(0, ID_DIGITS);
    }
}
