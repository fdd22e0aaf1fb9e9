package org.evonorm.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Family;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.NearestName;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.Statistic;
import org.evonorm.graph.TrainableVector;
import org.evonorm.graph.TrainableVectors;
import org.evonorm.text.Quotation;

/**
 * The reader of {@code search.primitives}, {@code search.vectors} and {@code search.groups}, from which random graphs
 * and mutations draw.
 */
final class SearchSpaceSettings {

    private static final String PRIMITIVES = "search.primitives";
    private static final String VECTORS = "search.vectors";
    private static final String GROUPS = "search.groups";
    /** The word for all of the paper's primitives in the family. */
    private static final String PAPER = "paper";

    /** The shape of a vector, or no vector. */
    private enum Kind {
        CHANNEL,
        LAYER,
        NONE
    }

    private SearchSpaceSettings() {}

    static SearchSpace read(SettingsReader reader, Family family) {
        List<Primitive> primitives = primitives(reader, family);
        Map<Kind, TrainableVector.Per> shapes =
                new EnumMap<>(Map.of(Kind.CHANNEL, TrainableVector.Per.CHANNEL, Kind.LAYER, TrainableVector.Per.LAYER));
        List<Integer> initialNodes = new ArrayList<>(List.of(LayerGraph.X, LayerGraph.ZERO));
        Kind v0 = reader.choice(VECTORS + ".v0.per", Kind.class);
        Kind v1 = reader.choice(VECTORS + ".v1.per", Kind.class);
        double start0 = reader.single(VECTORS + ".v0.start");
        double start1 = reader.single(VECTORS + ".v1.start");
        if (v0 != Kind.NONE) {
            initialNodes.add(LayerGraph.V0);
        }
        if (v1 != Kind.NONE) {
            initialNodes.add(LayerGraph.V1);
        }
        // A vector that no graph reads is the paper's.
        TrainableVectors vectors = new TrainableVectors(
                v0 == Kind.NONE ? TrainableVectors.PAPER.v0() : new TrainableVector(shapes.get(v0), start0),
                v1 == Kind.NONE ? TrainableVectors.PAPER.v1() : new TrainableVector(shapes.get(v1), start1));
        try {
            return new SearchSpace(primitives, initialNodes, vectors, groups(reader));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(
                    PRIMITIVES + reader.where(PRIMITIVES) + ": " + e.getMessage() + "; add one, as in [" + PAPER
                            + "] or [add, tanh, mean]",
                    e);
        }
    }

    /** The rule of groups, as formulas write it. */
    private static GroupRule groups(SettingsReader reader) {
        String text = reader.text(GROUPS);
        return GroupRule.parse(text)
                .orElseThrow(() -> new SettingsException(GROUPS + reader.where(GROUPS)
                        + ": a rule of groups is size(N), N channels per group, or count(N), N groups, with N of 1 to "
                        + GroupRule.MOST + ", not " + Quotation.of(text)));
    }

    /** The primitives in their own order, so that draws do not depend on the order of the setting. */
    private static List<Primitive> primitives(SettingsReader reader, Family family) {
        Set<Primitive> wanted = new LinkedHashSet<>();
        for (String name : reader.texts(PRIMITIVES)) {
            List<Primitive> named = named(name);
            List<Primitive> allowed = named.stream().filter(family::allows).toList();
            if (allowed.isEmpty()) {
                throw new SettingsException(PRIMITIVES + reader.where(PRIMITIVES) + ": "
                        + (named.isEmpty()
                                ? "there is no primitive '" + name + "'"
                                        + NearestName.of(name, names())
                                                .map(near -> "; did you mean " + near + "? The")
                                                .orElse("; the")
                                        + " primitives are " + String.join(", ", names())
                                : "'" + name + "' takes statistics over the batch, which family " + family
                                        + " has not; leave it out or set search.family = B"));
            }
            wanted.addAll(allowed);
        }
        return Primitive.all().stream().filter(wanted::contains).toList();
    }

    /**
     * The primitives that a name stands for: one, a statistic over every index set of the paper, every statistic over an
     * index set, or the paper's.
     */
    private static List<Primitive> named(String name) {
        return name.equals(PAPER)
                ? Family.B.primitives()
                : Primitive.all().stream()
                        .filter(primitive -> primitive.symbol().equals(name)
                                || (primitive instanceof Aggregate aggregate && isPartOf(aggregate, name)))
                        .toList();
    }

    private static boolean isPartOf(Aggregate aggregate, String name) {
        return aggregate.over().symbol().equals(name)
                || (aggregate.statistic().symbol().equals(name)
                        && aggregate.over().isInPaper());
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of(PAPER));
        Arrays.stream(Elementwise.values()).map(Primitive::symbol).forEach(names::add);
        Arrays.stream(Statistic.values()).map(Statistic::symbol).forEach(names::add);
        Arrays.stream(IndexSet.values()).map(IndexSet::symbol).forEach(names::add);
        Primitive.all().stream()
                .filter(Aggregate.class::isInstance)
                .map(Primitive::symbol)
                .forEach(names::add);
        return names;
    }
}
