package org.evonorm.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.evonorm.store.RerankRow;
import org.evonorm.store.ScoredOn;

/**
 * A ranking of a run's reranks: the layers of the last settings, scored on the same images. A layer without a training
 * that others have, because it failed or is still to come, is counted and left out.
 *
 * @param images   the images: {@code held-out} or {@code test}
 * @param networks names of the networks, in the order of the accuracies
 * @param seeds    number of trainings per layer and network that all networks have
 * @param against  name of the baseline with the highest mean, which the differences are taken from; empty if there is
 *                 none
 * @param layers   highest mean first
 * @param missing  number of layers that are left out
 */
public record RerankRanking(
        String images, List<String> networks, int seeds, String against, List<RankedLayer> layers, int missing) {

    /**
     * A layer of a ranking. Layers share their seeds, so that differences are taken seed by seed.
     *
     * @param kind       {@code baseline}, or {@code front} for layers that were found
     * @param accuracies mean and interval per network
     * @param overall    mean and interval of the mean over the networks
     * @param difference from the best baseline; that baseline's own is 0
     */
    public record RankedLayer(
            String kind, String name, String id, List<Interval> accuracies, Interval overall, Interval difference) {}

    /** A layer's accuracies by network and then by number of the training. */
    private record Scores(
            Optional<String> name, String id, String formula, Map<String, Map<Integer, Double>> accuracies) {

        static Scores of(RerankRow.Named row) {
            return new Scores(row.name(), row.score().training().id(), row.formula(), new TreeMap<>());
        }

        void add(RerankRow.Score score) {
            accuracies
                    .computeIfAbsent(score.training().network(), network -> new TreeMap<>())
                    .put(score.training().number(), score.accuracy());
        }

        /** Numbers of the trainings that ended in all networks. */
        Set<Integer> numbers(List<String> networks) {
            Set<Integer> numbers = new TreeSet<>(in(networks.get(0)).keySet());
            networks.forEach(network -> numbers.retainAll(in(network).keySet()));
            return numbers;
        }

        private Map<Integer, Double> in(String network) {
            return accuracies.getOrDefault(network, Map.of());
        }

        /** The accuracies in one network by number of the training. */
        List<Double> in(String network, Set<Integer> numbers) {
            return numbers.stream().map(in(network)::get).toList();
        }

        /** The means over the networks by number of the training. */
        List<Double> means(List<String> networks, Set<Integer> numbers) {
            return numbers.stream()
                    .map(number -> networks.stream()
                            .mapToDouble(network -> in(network).get(number))
                            .average()
                            .orElseThrow())
                    .toList();
        }
    }

    /** The rankings of all reranks of a run, on the held-out images and then on the test images. */
    public static List<RerankRanking> of(List<RerankRow.Named> trainings, List<String> networks) {
        List<RerankRanking> rankings = new ArrayList<>();
        for (ScoredOn images : ScoredOn.values()) {
            List<RerankRow.Named> scored = trainings.stream()
                    .filter(row -> row.score().training().scoredOn() == images)
                    .toList();
            of(images, scored, networks).ifPresent(rankings::add);
        }
        return rankings;
    }

    private static Optional<RerankRanking> of(ScoredOn images, List<RerankRow.Named> trainings, List<String> networks) {
        Map<String, String> settings = new TreeMap<>();
        trainings.forEach(row -> settings.put(
                row.score().training().network(), row.score().training().settings()));
        Map<String, Scores> scores = new LinkedHashMap<>();
        for (RerankRow.Named row : trainings) {
            RerankRow.Training training = row.score().training();
            if (training.settings().equals(settings.get(training.network()))) {
                scores.computeIfAbsent(training.id(), id -> Scores.of(row)).add(row.score());
            }
        }
        Set<Integer> numbers = scores.values().stream()
                .map(layer -> layer.numbers(networks))
                .max(Comparator.comparingInt(Set::size))
                .orElse(Set.of());
        List<Scores> whole = scores.values().stream()
                .filter(layer -> layer.numbers(networks).equals(numbers))
                .toList();
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        Optional<Scores> best = whole.stream()
                .filter(layer -> layer.name().isPresent())
                .max(Comparator.comparingDouble(
                        layer -> Interval.of(layer.means(networks, numbers)).mean()));
        List<RankedLayer> layers = whole.stream()
                .map(layer -> ranked(layer, best.orElse(layer), networks, numbers))
                .sorted(Comparator.comparingDouble(layer -> -layer.overall().mean()))
                .toList();
        return Optional.of(new RerankRanking(
                images == ScoredOn.TEST ? "test" : "held-out",
                networks,
                numbers.size(),
                best.flatMap(Scores::name).orElse(""),
                layers,
                scores.size() - whole.size()));
    }

    private static RankedLayer ranked(Scores layer, Scores best, List<String> networks, Set<Integer> numbers) {
        List<Double> means = layer.means(networks, numbers);
        List<Double> others = best.means(networks, numbers);
        return new RankedLayer(
                layer.name().isPresent() ? "baseline" : "front",
                layer.name().orElse(layer.formula()),
                layer.id(),
                networks.stream()
                        .map(network -> Interval.of(layer.in(network, numbers)))
                        .toList(),
                Interval.of(means),
                Interval.of(IntStream.range(0, means.size())
                        .mapToObj(i -> means.get(i) - others.get(i))
                        .toList()));
    }
}
