package org.evonorm.calibration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.RandomSource.Purpose;
import org.evonorm.settings.CalibrationSettings;
import org.evonorm.store.CalibrationRow.Part;

/**
 * The ladder of a calibration: how well every rung ranks the layers as the reference does, against its cost. Only
 * layers count that were trained in all networks of both, so that there is a table before all is done.
 */
final class Ladder {

    private final LadderRung reference;
    private final List<LadderRung> rungs;
    private final List<String> layers;
    private final CalibrationTrainer trainer;
    private final RandomSource randomness;

    /**
     * The ladder of some settings.
     *
     * @param layers     ids of the layers
     * @param randomness gives the resamples of the bootstrap, which are the same for all rungs
     */
    Ladder(CalibrationSettings settings, List<String> layers, CalibrationTrainer trainer, RandomSource randomness) {
        this.reference = LadderRung.whole(settings.reference(), Part.REFERENCE);
        this.rungs = Stream.concat(
                        LadderRung.all(settings.reference(), Part.REFERENCE).stream(),
                        settings.rungs().stream().flatMap(rung -> LadderRung.all(rung, Part.RUNG).stream()))
                .sorted(Comparator.comparingDouble((LadderRung rung) -> rung.multiplyAdds(trainer))
                        .thenComparing(LadderRung::name))
                .toList();
        this.layers = layers;
        this.trainer = trainer;
        this.randomness = randomness;
    }

    /** The results of all rungs and of the reference so far, the cheapest first. */
    List<RungResult> results(Scores scores) {
        return rungs.stream().map(rung -> result(rung, scores)).toList();
    }

    private RungResult result(LadderRung rung, Scores scores) {
        if (rung.equals(reference)) {
            return ofReference(scores);
        }
        Pairs means =
                pairs(rung, scores, rung.proxy().trainIn(), reference.proxy().trainIn());
        List<Double> tauByNetwork = new ArrayList<>();
        for (String network : reference.proxy().trainIn()) {
            if (rung.proxy().trainIn().contains(network)) {
                Pairs pairs = pairs(rung, scores, List.of(network), List.of(network));
                tauByNetwork.add(KendallTau.of(pairs.rung, pairs.reference));
            } else {
                tauByNetwork.add(Double.NaN);
            }
        }
        return new RungResult(
                rung.name(),
                means.rung.length,
                seconds(rung, scores),
                rung.multiplyAdds(trainer),
                Bootstrap.of(means.rung, means.reference, resamples(), KendallTau::of),
                Bootstrap.of(means.rung, means.reference, resamples(), TopQuarter::kept),
                List.copyOf(tauByNetwork));
    }

    /** The reference, which is not compared with itself. */
    private RungResult ofReference(Scores scores) {
        List<String> networks = reference.proxy().trainIn();
        int done = pairs(reference, scores, networks, networks).rung.length;
        return new RungResult(
                reference.name(),
                done,
                seconds(reference, scores),
                reference.multiplyAdds(trainer),
                Estimate.NONE,
                Estimate.NONE,
                networks.stream().map(network -> Double.NaN).toList());
    }

    /** The mean processor time of the layers that are done. */
    private double seconds(LadderRung rung, Scores scores) {
        return layers.stream()
                .map(layer -> rung.processorSeconds(scores, layer))
                .flatMapToDouble(OptionalDouble::stream)
                .average()
                .orElse(Double.NaN);
    }

    private SplittableRandom resamples() {
        return randomness.calibrationDraws(Purpose.CALIBRATION_BOOTSTRAP);
    }

    /** Accuracies of the same layers in a rung and in the reference. */
    private record Pairs(double[] rung, double[] reference) {}

    private Pairs pairs(LadderRung rung, Scores scores, List<String> networks, List<String> ofReference) {
        List<Double> inRung = new ArrayList<>();
        List<Double> inReference = new ArrayList<>();
        for (String layer : layers) {
            OptionalDouble mine = rung.accuracy(scores, layer, networks);
            OptionalDouble theirs = reference.accuracy(scores, layer, ofReference);
            if (mine.isPresent() && theirs.isPresent()) {
                inRung.add(mine.getAsDouble());
                inReference.add(theirs.getAsDouble());
            }
        }
        return new Pairs(array(inRung), array(inReference));
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
