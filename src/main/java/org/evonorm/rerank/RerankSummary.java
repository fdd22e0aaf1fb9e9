package org.evonorm.rerank;

import java.util.List;
import java.util.Map;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.ObjectiveValue;

/**
 * The summary of a rerank.
 *
 * @param folder     location of the run's folder
 * @param networks   names of the networks, in the order of the accuracies
 * @param seeds      number of trainings per layer and network
 * @param objectives objectives of the search besides accuracy, which decide nothing here
 * @param further    values of the layers in these objectives, by id; a baseline that the search has not trained lacks
 *                   those that take a training
 * @param validation all layers, scored on the held-out images, the highest mean accuracy first and failed ones last
 * @param test       the kept layers and the baselines, scored on the test images, ordered likewise; empty if no layer
 *                   was to be kept
 */
public record RerankSummary(
        String folder,
        List<String> networks,
        int seeds,
        List<Objective> objectives,
        Map<String, List<ObjectiveValue>> further,
        List<RerankedLayer> validation,
        List<RerankedLayer> test) {

    /** The value of a layer in an objective, as text; the empty string if it is not known. */
    public String text(Objective objective, RerankedLayer layer) {
        return further.getOrDefault(layer.layer().id(), List.of()).stream()
                .filter(value -> value.objective() == objective)
                .map(value -> objective.text(value.value()))
                .findFirst()
                .orElse("");
    }
}
