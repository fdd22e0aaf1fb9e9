package org.evonorm.calibration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.evonorm.settings.ProxySettings;
import org.evonorm.store.CalibrationRow;
import org.evonorm.store.CalibrationRow.Part;
import org.evonorm.training.TrainingResult.CurvePoint;

/**
 * A line of the ladder: the reference or a rung at its last step, or one of them at an earlier step of the same
 * trainings.
 *
 * @param name  name in the table
 * @param proxy settings of the trainings
 * @param part  whether these are the reference's
 * @param steps steps after which the accuracy counts
 */
record LadderRung(String name, ProxySettings proxy, Part part, int steps) {

    /** The trainings at their last step. */
    static LadderRung whole(ProxySettings proxy, Part part) {
        return new LadderRung(proxy.name(), proxy, part, proxy.training().steps());
    }

    /** The trainings at their earlier steps and at the last. */
    static List<LadderRung> all(ProxySettings proxy, Part part) {
        List<LadderRung> rungs = new ArrayList<>();
        proxy.atSteps().forEach(step -> rungs.add(new LadderRung(proxy.name() + "@" + step, proxy, part, step)));
        rungs.add(whole(proxy, part));
        return rungs;
    }

    /** The key of one training. */
    CalibrationRow.Training training(String id, String network, int number) {
        return new CalibrationRow.Training(id, network, part, number, proxy.trainingKey(network));
    }

    /** The mean accuracy of a layer over some networks and all seeds; empty while a training is missing. */
    OptionalDouble accuracy(Scores scores, String id, List<String> networks) {
        double sum = 0;
        for (String network : networks) {
            for (int number = 1; number <= proxy.seeds(); number++) {
                Optional<CalibrationRow.Score> score = scores.of(training(id, network, number));
                if (score.isEmpty()) {
                    return OptionalDouble.empty();
                }
                sum += accuracy(score.get());
            }
        }
        return OptionalDouble.of(sum / (networks.size() * proxy.seeds()));
    }

    /** The accuracy at this rung's step; 0 for a training that diverged before it, or failed. */
    double accuracy(CalibrationRow.Score score) {
        return isLast()
                ? score.accuracy()
                : score.curve().stream()
                        .filter(point -> point.step() == steps)
                        .mapToDouble(CurvePoint::accuracy)
                        .findFirst()
                        .orElse(0);
    }

    /** The processor time of a layer over all networks and seeds, in seconds; empty while a training is missing. */
    OptionalDouble processorSeconds(Scores scores, String id) {
        double sum = 0;
        for (String network : proxy.trainIn()) {
            for (int number = 1; number <= proxy.seeds(); number++) {
                Optional<CalibrationRow.Score> score = scores.of(training(id, network, number));
                if (score.isEmpty()) {
                    return OptionalDouble.empty();
                }
                sum += processorSeconds(score.get());
            }
        }
        return OptionalDouble.of(sum);
    }

    /**
     * The processor time that a training to this rung's step with one score at the end takes, by its share in the whole
     * training's time.
     */
    double processorSeconds(CalibrationRow.Score score) {
        if (score.curve().isEmpty() || !(score.imagesPerSecond() > 0)) {
            return score.processorSeconds();
        }
        double training = score.steps() * (double) proxy.training().batchSize() / score.imagesPerSecond();
        double scoring = Math.max(0, score.seconds() - training) / score.curve().size();
        double wanted = training * Math.min(steps, score.steps()) / score.steps() + scoring;
        return score.processorSeconds() * Math.min(1, wanted / score.seconds());
    }

    /** Multiply-adds per layer: of the networks, per image, times images per step, steps and seeds. */
    double multiplyAdds(CalibrationTrainer trainer) {
        double perImage = 0;
        for (String network : proxy.trainIn()) {
            perImage += trainer.multiplyAdds(proxy, network);
        }
        return perImage * proxy.training().batchSize() * steps * proxy.seeds();
    }

    private boolean isLast() {
        return steps == proxy.training().steps();
    }
}
