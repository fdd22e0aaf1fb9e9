package org.evonorm.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.evonorm.training.PassMark.Verdict;
import org.junit.jupiter.api.Test;

class PassMarkTest {

    private static Verdict onAll(int leastCorrect, int correct) {
        return correct >= leastCorrect ? Verdict.PASSES : Verdict.FAILS;
    }

    @Test
    void withoutErrorTheVerdictIsKnownOnceTheImagesLeftCannotChangeItAndNotBefore() {
        int images = 30;
        for (int least = 0; least <= images; least++) {
            PassMark mark = new PassMark(least, 0);
            for (int scored = 1; scored <= images; scored++) {
                for (int correct = 0; correct <= scored; correct++) {
                    Verdict ifNoneFollows = onAll(least, correct);
                    Verdict ifAllFollow = onAll(least, correct + images - scored);
                    assertEquals(
                            ifNoneFollows == ifAllFollow ? ifNoneFollows : Verdict.OPEN,
                            mark.after(images, scored, correct));
                }
            }
        }
    }

    /** The result of looks at images in a random order: the verdict, and how many images it took. */
    private record Looked(Verdict verdict, int scored) {

        static Looked at(PassMark mark, int images, int correct, SplittableRandom random) {
            int left = correct;
            int seen = 0;
            for (int scored = 1; scored <= images; scored++) {
                if (random.nextInt(images - scored + 1) < left) {
                    left--;
                    seen++;
                }
                if (scored % PassMark.imagesPerLook(images) == 0 || scored == images) {
                    Verdict verdict = mark.after(images, scored, seen);
                    if (verdict != Verdict.OPEN) {
                        return new Looked(verdict, scored);
                    }
                }
            }
            throw new AssertionError(mark + " has no verdict after all images");
        }
    }

    @Test
    void theVerdictDiffersFromThatOnAllImagesAsRarelyAsAskedFor() {
        SplittableRandom random = new SplittableRandom(1);
        int orders = 600;
        for (int images : new int[] {70, 500, 3000}) {
            int least = images * 3 / 20;
            for (double error : new double[] {0, 0.02, 0.2}) {
                for (int correct : new int[] {least - 1, least}) {
                    int wrong = 0;
                    for (int i = 0; i < orders; i++) {
                        Verdict verdict = Looked.at(new PassMark(least, error), images, correct, random).verdict;
                        wrong += verdict == onAll(least, correct) ? 0 : 1;
                    }
                    double deviation = Math.sqrt(error * (1 - error) / orders);
                    assertTrue(
                            (double) wrong / orders <= error + 3 * deviation,
                            wrong + " of " + orders + " with " + images + " images and error " + error);
                }
            }
        }
    }

    @Test
    void clearVerdictsNeedFewImages() {
        SplittableRandom random = new SplittableRandom(2);
        PassMark mark = new PassMark(600, 1e-6);
        assertEquals(new Looked(Verdict.FAILS, 250), Looked.at(mark, 4000, 40, random));
        assertEquals(new Looked(Verdict.PASSES, 250), Looked.at(mark, 4000, 2000, random));
    }

    @Test
    void marksOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PassMark(-1, 0));
        for (double error : new double[] {-0.1, 1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new PassMark(3, error));
        }
    }
}
