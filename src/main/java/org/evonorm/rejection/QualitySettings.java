package org.evonorm.rejection;

import java.io.Serializable;
import java.util.Locale;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.training.TrainingResult;

/**
 * Settings of the quality filter: the length of its trainings and the accuracy to reach (paper, section 3.3).
 *
 * <p>An accuracy means little without chance, which is what guessing one class reaches. So the threshold is the accuracy
 * to reach among ten classes of equal size, and among other classes the accuracy whose odds are as many times the odds
 * of chance.
 *
 * @param steps             optimizer steps in each network
 * @param tenClassThreshold lowest validation accuracy that passes in each network if chance is 0.1, 0 to 1
 */
public record QualitySettings(int steps, double tenClassThreshold) implements Serializable {

    private static final double TEN_CLASS_CHANCE = 0.1;
    private static final double TEN_CLASS_ODDS = TEN_CLASS_CHANCE / (1 - TEN_CLASS_CHANCE);
    /** Far less than the share of an image, and more than the rounding of a threshold. */
    private static final double ROUNDING = 1e-9;

    public QualitySettings {
        if (steps < 1) {
            throw new IllegalArgumentException("the quality filter needs at least 1 step, not " + steps);
        }
        if (!(tenClassThreshold >= 0 && tenClassThreshold <= 1)) {
            throw new IllegalArgumentException(
                    "the quality filter's threshold is an accuracy from 0 to 1, not " + tenClassThreshold);
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

    /**
     * Judges a training that has done the filter's steps.
     *
     * @param network name of the network
     * @param chance  share of the most frequent class among the validation images
     * @return passed, or rejected with the reason
     */
    public CandidateStatus judge(String network, TrainingResult result, double chance) {
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

    /** Whether an accuracy is under the threshold. */
    boolean rejects(double accuracy, double chance) {
        return accuracy < threshold(chance) - ROUNDING;
    }
}
