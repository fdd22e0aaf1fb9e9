package org.evonorm.evolution;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The bar of a hurdle: medians of the accuracies of all candidates that came to it. A candidate passes if its mean
 * accuracy is at least the median of the means, and no network's accuracy is far under the median of the network. Of an
 * even number of values the lower middle one is the median, so that the medians are values of candidates, and at least
 * half of the candidates have a mean that passes.
 *
 * @param steps         steps of training at the hurdle
 * @param candidates    number of candidates behind the medians
 * @param mean          median of the mean accuracies
 * @param networks      medians of the accuracies, in the order of the search's networks
 * @param margin        accuracy by which the mean may be under its median
 * @param networkMargin accuracy by which a network may be under its median
 */
public record HurdleBar(
        int steps, int candidates, double mean, List<Double> networks, double margin, double networkMargin) {

    /** Far less than the share of an image, and more than the rounding of a difference of accuracies. */
    private static final double ROUNDING = 1e-9;

    public HurdleBar {
        networks = List.copyOf(networks);
    }

    static HurdleBar of(int steps, List<List<Double>> field, double margin, double networkMargin) {
        List<Double> medians = IntStream.range(0, field.get(0).size())
                .mapToObj(network -> median(field, accuracies -> accuracies.get(network)))
                .toList();
        return new HurdleBar(steps, field.size(), median(field, HurdleBar::mean), medians, margin, networkMargin);
    }

    /** Why a candidate with these accuracies, in the order of the networks, is stopped; empty if it goes on. */
    public Optional<String> stops(List<Double> accuracies, List<String> names) {
        if (mean(accuracies) < mean - margin - ROUNDING) {
            return Optional.of(reason("the mean accuracy was", mean(accuracies), "under the median", mean));
        }
        return IntStream.range(0, names.size())
                .filter(i -> accuracies.get(i) < networks.get(i) - networkMargin - ROUNDING)
                .mapToObj(i ->
                        reason(names.get(i) + " reached", accuracies.get(i), "far under the median", networks.get(i)))
                .findFirst();
    }

    private String reason(String what, double accuracy, String under, double median) {
        return String.format(
                Locale.ROOT,
                "%s %.1f%% after %d steps, %s of %d candidates, %.1f%%",
                what,
                100 * accuracy,
                steps,
                under,
                candidates,
                100 * median);
    }

    private static double median(List<List<Double>> field, ToDoubleFunction<List<Double>> value) {
        double[] sorted = field.stream().mapToDouble(value).sorted().toArray();
        return sorted[(sorted.length - 1) / 2];
    }

    private static double mean(List<Double> accuracies) {
        return new Fitness(accuracies).mean();
    }
}
