package org.evonorm.evolution;

import java.io.Serializable;
import java.util.List;

/**
 * The hurdles of a search (progressive dynamic hurdles, So et al., "The Evolved Transformer", 2019, section 4): steps
 * of training at which a candidate is compared with others, and stopped if it is worse than half of them. The
 * constructor throws IllegalArgumentException for hurdles that do not rise and for margins out of range.
 *
 * @param steps         steps of training at each hurdle, strictly rising; the last one is the number of all steps.
 *                      Empty for trainings in one go
 * @param margin        accuracy by which the mean over the networks may be under the median, 0 to 1: the noise of a
 *                      verdict that is not held against a candidate
 * @param networkMargin accuracy by which a single network may be under its median, 0 to 1
 */
public record Hurdles(List<Integer> steps, double margin, double networkMargin) implements Serializable {

    /** No hurdles: every candidate is trained in one go. */
    public static final Hurdles NONE = new Hurdles(List.of(), 0, 0);

    public Hurdles {
        steps = List.copyOf(steps);
        int before = 0;
        for (int hurdle : steps) {
            if (hurdle <= before) {
                throw new IllegalArgumentException("hurdles rise from at least 1 step on, unlike " + steps);
            }
            before = hurdle;
        }
        if (!(margin >= 0 && margin <= 1) || !(networkMargin >= 0 && networkMargin <= 1)) {
            throw new IllegalArgumentException(
                    "margins of hurdles are accuracies from 0 to 1, not " + margin + " and " + networkMargin);
        }
    }

    /** Whether every candidate is trained in one go. */
    public boolean isNone() {
        return steps.isEmpty();
    }

    /** Number of hurdles. */
    public int count() {
        return steps.size();
    }

    /**
     * The bar of one hurdle.
     *
     * @param hurdle number of the hurdle, from 0
     * @param field  accuracies at the hurdle of all candidates that are compared, at least one, in any order
     */
    public HurdleBar bar(int hurdle, List<List<Double>> field) {
        return HurdleBar.of(steps.get(hurdle), field, margin, networkMargin);
    }
}
