package org.evonorm.export.layer;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Statistic;

/**
 * A running statistic of an exported layer: of the mean, of the mean square (rms) or of the variance (std). Its name is
 * the same in every format, so that trained values can be taken from one to another.
 *
 * @param name      for example {@code running_var}; from the second of its kind on with a number
 * @param aggregate the identity of the batch aggregate by the function that it computes, which two forms of a graph
 *                  share
 */
public record RunningStatistic(String name, Statistic statistic, String aggregate) {

    /** The running statistics of a graph by the nodes of their batch aggregates, in order. */
    public static SortedMap<Integer, RunningStatistic> of(LayerGraph graph) {
        SortedMap<Integer, RunningStatistic> found = new TreeMap<>();
        Map<String, Integer> named = new HashMap<>();
        for (int id = LayerGraph.INITIAL_NODES;
                id < LayerGraph.INITIAL_NODES + graph.nodes().size();
                id++) {
            if (graph.node(id).primitive() instanceof Aggregate aggregate && aggregate.over() == IndexSet.BWH) {
                String kind = kind(aggregate.statistic());
                int number = named.merge(kind, 1, Integer::sum);
                String name = number == 1 ? kind : kind + "_" + number;
                found.put(id, new RunningStatistic(name, aggregate.statistic(), identity(graph, id)));
            }
        }
        return Collections.unmodifiableSortedMap(found);
    }

    /** The running statistics of a layer in the order of the canonical form's nodes, in which the engine has them. */
    public static List<RunningStatistic> inOrderOfEngine(Layer layer) {
        Map<String, RunningStatistic> named = of(CanonicalForm.reduced(layer.graph())).values().stream()
                .collect(Collectors.toMap(RunningStatistic::aggregate, statistic -> statistic, (first, same) -> first));
        return of(CanonicalForm.of(layer.graph())).values().stream()
                .map(statistic -> named.get(statistic.aggregate()))
                .toList();
    }

    private static String kind(Statistic statistic) {
        return switch (statistic) {
            case MEAN -> "running_mean";
            case RMS -> "running_mean_square";
            case STD -> "running_var";
        };
    }

    private static String identity(LayerGraph graph, int id) {
        return CandidateIdentity.id(
                Layer.evolved(new LayerGraph(graph.nodes().subList(0, id + 1 - LayerGraph.INITIAL_NODES))));
    }
}
