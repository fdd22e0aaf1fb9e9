package org.evonorm.training;

/**
 * The mark that a short training must reach to pass, so that its scoring ends as soon as the verdict is known: once the
 * images left no longer change it. Images are scored in a random order, in parts, with a look at the score after each.
 *
 * <p>With an error above 0 the verdict is also known once it is as good as certain: if the number of right labels among
 * the images scored so far would be so low (or so high) with a probability under the error, if all images together just
 * reached (or just missed) the mark. The probability is the hypergeometric one of a random sample, and the error is
 * shared among the looks, so that a verdict differs from that on all images with a probability of at most {@code error}
 * (a sequential test with Bonferroni's correction).
 *
 * @param leastCorrect smallest number of right labels among all validation images that passes
 * @param error        largest probability of another verdict than on all images, at least 0 and below 1
 */
public record PassMark(int leastCorrect, double error) {

    /** Looks at the score of a training, where the parts are neither too small nor too large. */
    private static final int LOOKS = 10;

    /** Least and most images between two looks: enough to keep a core busy, few enough for small memories. */
    private static final int LEAST_IMAGES = 50;

    private static final int MOST_IMAGES = 250;

    /** What is known of a verdict. */
    enum Verdict {
        OPEN,
        PASSES,
        FAILS
    }

    public PassMark {
        if (leastCorrect < 0 || !(error >= 0 && error < 1)) {
            throw new IllegalArgumentException("no mark has " + leastCorrect + " right labels and the error " + error);
        }
    }

    /** Number of images to score between two looks. */
    static int imagesPerLook(int images) {
        return Math.min(MOST_IMAGES, Math.max(LEAST_IMAGES, parts(images, LOOKS)));
    }

    private static int parts(int images, int size) {
        return (images + size - 1) / size;
    }

    /**
     * The verdict after some of the images.
     *
     * @param images  number of all validation images
     * @param scored  number of images scored so far
     * @param correct number of right labels among them
     */
    Verdict after(int images, int scored, int correct) {
        if (correct >= leastCorrect) {
            return Verdict.PASSES;
        }
        if (correct + images - scored < leastCorrect) {
            return Verdict.FAILS;
        }
        double perLook = error / parts(images, imagesPerLook(images));
        if (perLook > 0 && leastCorrect <= images) {
            Hypergeometric justPasses = new Hypergeometric(images, leastCorrect, scored);
            if (justPasses.atMost(correct) < perLook) {
                return Verdict.FAILS;
            }
            Hypergeometric justFails = new Hypergeometric(images, leastCorrect - 1, scored);
            if (justFails.atLeast(correct) < perLook) {
                return Verdict.PASSES;
            }
        }
        return Verdict.OPEN;
    }
}
