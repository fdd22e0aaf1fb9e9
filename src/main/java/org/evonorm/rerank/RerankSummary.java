package org.evonorm.rerank;

import java.util.List;

/**
 * What a rerank came to.
 *
 * @param folder     of the run
 * @param networks   in the order of the accuracies
 * @param seeds      trainings of each layer in each network
 * @param validation all layers, on the held-out images, the highest mean accuracy first and failed ones last
 * @param test       the kept layers and the baselines, on the test images, in the same order; empty where none
 *                   was to be kept
 */
public record RerankSummary(
        String folder, List<String> networks, int seeds, List<RerankedLayer> validation, List<RerankedLayer> test) {}
