package org.evonorm.rejection;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.training.PassMark;
import org.evonorm.training.TrainingResult;

/**
 * Settings of the quality filter: the length of its trainings and the accuracy to reach (paper, section 3.3).
 *
 * <p>An accuracy means little without chance, which is what guessing one class reaches. So the threshold is the
 * accuracy to reach among ten classes of equal size, and among other classes the accuracy whose odds are as many times
 * the odds of chance.
 *
 * @param steps             optimizer steps in each network
 * @param lossLimits        training loss in nats above which the training in a network ends and rejects the layer, by
 *                          the network's name; networks without a limit are left out
 * @param scoringError      largest probability that scoring ends with another verdict than on all images, as in
 *                          {@link PassMark}
 * @param secondSeedMargin  accuracy under the threshold up to which a second training, from another seed, decides, 0 to 1
 * @param tenClassThreshold lowest validation accuracy that passes in each network if chance is 0.1, 0 to 1
 */
public record QualitySettings(
        int steps,
        double tenClassThreshold,
        Map<String, Double> lossLimits,
        double scoringError,
        double secondSeedMargin)
        implements Serializable {

    private static final double TEN_CLASS_CHANCE = 0.1;
    private static final double TEN_CLASS_ODDS = TEN_CLASS_CHANCE / (1 - TEN_CLASS_CHANCE);
    /** Far less than the share of an image, and more than the rounding of a threshold. */
    private static final double ROUNDING = 1e-9;

    /** Settings without limits of the loss and second seeds, whose verdicts are those on all images. */
    public QualitySettings(int steps, double tenClassThreshold) {
        this(steps, tenClassThreshold, Map.of(), 0, 0);
    }

    public QualitySettings {
        lossLimits = Map.copyOf(lossLimits);
        if (steps < 1) {
            throw new IllegalArgumentException("the quality filter needs at least 1 step, not " + steps);
        }
        if (!(tenClassThreshold >= 0 && tenClassThreshold <= 1)) {
            throw new IllegalArgumentException(
                    "the quality filter's threshold is an accuracy from 0 to 1, not " + tenClassThreshold);
        }
        lossLimits.forEach((network, limit) -> {
            if (!(limit > 0)) {
                throw new IllegalArgumentException(
                        "the quality filter's limit of the loss in " + network + " is above 0, not " + limit);
            }
        });
        if (!(scoringError >= 0 && scoringError < 1)) {
            throw new IllegalArgumentException(
                    "the quality filter's scoring error is at least 0 and below 1, not " + scoringError);
        }
        if (!(secondSeedMargin >= 0 && secondSeedMargin <= 1)) {
            throw new IllegalArgumentException(
                    "the quality filter's margin for a second seed is from 0 to 1, not " + secondSeedMargin);
        }
    }

    /**
     * The lowest accuracy that passes.
     *
     * @param chance share of the most frequent class among the images, above 0 and at most 1
     */
    double threshold(double chance) {
        if (tenClassThreshold == 0) {
            return 0;
        }
        // Odds p / (1 - p) without their divisions, which chance or threshold 1 would not allow.
        double above = tenClassThreshold * chance;
        double below = (1 - tenClassThreshold) * (1 - chance) * TEN_CLASS_ODDS;
        return above / (above + below);
    }

    /** The training loss in nats above which a training in a network fails; infinite for no limit. */
    public double lossLimit(String network) {
        return lossLimits.getOrDefault(network, Double.POSITIVE_INFINITY);
    }

    /**
     * The mark to reach on a number of validation images.
     *
     * @param chance share of the most frequent class among the images, above 0 and at most 1
     */
    PassMark mark(int images, double chance) {
        int least = (int) Math.ceil((threshold(chance) - ROUNDING) * images);
        return new PassMark(Math.max(0, least), scoringError);
    }

    /**
     * Judges a training that has done the filter's steps.
     *
     * @param network name of the network
     * @param chance  share of the most frequent class among the validation images
     * @return passed, or rejected with the reason
     */
    public CandidateStatus judge(String network, TrainingResult result, double chance) {
        if (result.diverged() && Double.isFinite(result.loss())) {
            return rejected(
                    "the loss in %s was %.1f after %d steps, above %.1f",
                    network, result.loss(), result.steps(), lossLimit(network));
        }
        if (result.diverged()) {
            return rejected("the loss in %s was not finite after %d steps", network, result.steps());
        }
        return rejects(result.accuracy(), chance)
                ? rejected(
                        "%s reached an accuracy of %.1f%% after %d steps, under %.1f%% (chance is %.1f%%)",
                        network, 100 * result.accuracy(), result.steps(), 100 * threshold(chance), 100 * chance)
                : new CandidateStatus.Passed();
    }

    private static CandidateStatus rejected(String reason, Object... arguments) {
        return new CandidateStatus.Rejected(
                CandidateStatus.Filter.QUALITY, String.format(Locale.ROOT, reason, arguments));
    }

    /** Whether a training missed the threshold by so little that another seed is to decide. */
    boolean isClose(TrainingResult result, double chance) {
        return !result.diverged()
                && rejects(result.accuracy(), chance)
                && !rejects(result.accuracy() + secondSeedMargin, chance);
    }

    /** Whether an accuracy is under the threshold. */
    boolean rejects(double accuracy, double chance) {
        return accuracy < threshold(chance) - ROUNDING;
    }
}
