package org.evonorm.rerank;

import java.util.List;

/**
 * The summary of a rerank.
 *
 * @param folder     location of the run's folder
 * @param networks   names of the networks, in the order of the accuracies
 * @param seeds      number of trainings per layer and network
 * @param validation all layers, scored on the held-out images, the highest mean accuracy first and failed ones last
 * @param test       the kept layers and the baselines, scored on the test images, ordered likewise; empty if no layer
 *                   was to be kept
 */
public record RerankSummary(
        String folder, List<String> networks, int seeds, List<RerankedLayer> validation, List<RerankedLayer> test) {}
