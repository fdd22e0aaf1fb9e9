package org.evonorm.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.network.Operator.Add;
import org.evonorm.network.Operator.Convolution;
import org.evonorm.network.Operator.Dense;
import org.evonorm.network.Operator.GlobalAveragePool;
import org.evonorm.network.Operator.MaxPool;
import org.evonorm.network.Operator.Place;
import org.evonorm.network.Operator.Scale;
import org.junit.jupiter.api.Test;

class ShapeInferenceTest {

    private static final Shape IMAGES = new Shape(8, 6, 3);
    private static final Convolution TO_FOUR = new Convolution(Operator.IMAGES, 4, 3, 1, 1);

    private static void refuses(String message, Operator... operators) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> ShapeInference.of(List.of(operators), IMAGES));
        assertEquals(message, refusal.getMessage());
    }

    @Test
    void windowsMatchACountByHand() {
        SplittableRandom random = new SplittableRandom(7);
        for (int trial = 0; trial < 2000; trial++) {
            int size = 1 + random.nextInt(40);
            int kernel = 1 + 2 * random.nextInt(4);
            int stride = 1 + random.nextInt(3);
            int windows = 0;
            for (int start = -(kernel - 1) / 2; start + kernel <= size + (kernel - 1) / 2; start += stride) {
                windows++;
            }
            List<Shape> shapes = ShapeInference.of(
                    List.of(
                            new Convolution(Operator.IMAGES, 5, kernel, stride, 1),
                            new MaxPool(-1, Window.centered(kernel, stride))),
                    new Shape(size, 1, 3));
            assertEquals(new Shape(windows, 1, 5), shapes.get(0));
            assertEquals(new Shape(windows, 1, 3), shapes.get(1));
        }
    }

    @Test
    void namesTheOperatorAndItsInputs() {
        refuses("operator 0 (Place) reads operator 0, which does not come before it", new Place(0));
        refuses("operator 0 (Place) reads operator -2, which does not come before it", new Place(-2));
        refuses("operator 1 (Add) adds tensors of one shape, not 8×6×4 and 8×6×3", TO_FOUR, new Add(0, -1));
        refuses("operator 1 (Scale) needs a gate of 1×1×4, not 8×6×3", TO_FOUR, new Scale(0, -1));
        refuses(
                "operator 2 (Scale) needs a gate of 1×1×4, not 1×1×3",
                TO_FOUR,
                new GlobalAveragePool(-1),
                new Scale(0, 1));
        refuses(
                "operator 1 (Dense) takes 1×1 activations, not 8×6×4; put a global average pool before it",
                TO_FOUR,
                new Dense(0, 10));
    }

    @Test
    void refusesImpossibleConvolutionsAndPools() {
        refuses(
                "operator 0 (Convolution) cannot split 3 input and 4 output channels into 2 equal groups",
                new Convolution(-1, 4, 3, 1, 2));
        refuses("operator 0 (Convolution) must have channels of at least 1, not 0", new Convolution(-1, 0, 3, 1, 1));
        refuses("operator 0 (Convolution) must have kernel of at least 1, not -3", new Convolution(-1, 4, -3, 1, 1));
        refuses("operator 0 (Convolution) must have stride of at least 1, not 0", new Convolution(-1, 4, 3, 0, 1));
        refuses("operator 0 (Convolution) must have groups of at least 1, not 0", new Convolution(-1, 4, 3, 1, 0));
        refuses(
                "operator 1 (MaxPool) has a kernel of 4, too large for 1×1×3",
                new GlobalAveragePool(-1),
                new MaxPool(0, Window.centered(4, 1)));
    }

    @Test
    void refusesImagesWithoutPixels() {
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> AnchorNetworks.of("resnet50", NetworkScale.FULL_SIZE, 10).shapes(0, 24));
        assertTrue(refusal.getMessage().contains("0×24"), refusal.getMessage());
    }

    /** Under ceil_mode one more window counts, if the ones before leave pixels over and it begins in the image. */
    @Test
    void windowsOfAnyPaddingAndDilationMatchACountByHand() {
        SplittableRandom random = new SplittableRandom(8);
        for (int trial = 0; trial < 3000; trial++) {
            int size = 1 + random.nextInt(20);
            int kernel = 1 + random.nextInt(5);
            int stride = 1 + random.nextInt(4);
            int dilation = 1 + random.nextInt(3);
            int extent = (kernel - 1) * dilation + 1;
            int before = random.nextInt(extent);
            int after = random.nextInt(extent);
            boolean ceiling = random.nextBoolean();
            Window window = new Window(kernel, stride, dilation, new Padding(before, 0, after, extent - 1), ceiling);
            int windows = 0;
            int reached = 0;
            for (int start = -before; start < size + after; start += stride) {
                boolean begins = windows > 0 && start - stride + extent < size + after && start < size;
                if (start + extent > size + after && !(ceiling && begins)) {
                    break;
                }
                windows++;
                reached = Math.max(after, start + extent - size);
            }
            assertEquals(windows, window.rows(size), window + " over " + size);
            if (windows > 0) {
                assertEquals(reached, window.reached(size, extent).bottom(), window + " over " + size);
            }
        }
    }

    @Test
    void joinsChannels() {
        Operator.Concatenation both = new Operator.Concatenation(List.of(0, Operator.IMAGES, 0));
        assertEquals(
                new Shape(8, 6, 11),
                ShapeInference.of(List.of(TO_FOUR, both), IMAGES).get(1));
        assertEquals(List.of(4, 11), new Network("joined", List.of(TO_FOUR, both)).channels());
        refuses(
                "operator 2 (Concatenation) joins tensors of one height and width, not 8×6×4 and 1×1×4",
                TO_FOUR,
                new GlobalAveragePool(0),
                new Operator.Concatenation(List.of(0, 1)));
        refuses("operator 0 (Concatenation) has no inputs", new Operator.Concatenation(List.of()));
    }

    @Test
    void refusesWindowsInThePaddingAlone() {
        refuses(
                "operator 0 (AveragePool) must have padding from 0 to less than the kernel, "
                        + "not Padding[top=0, left=0, bottom=2, right=0]",
                new Operator.AveragePool(-1, new Window(2, 1, 1, new Padding(0, 0, 2, 0), false), true));
        refuses(
                "operator 0 (MaxPool) must have dilation of 1, not 2",
                new MaxPool(-1, new Window(2, 1, 2, Padding.NONE, false)));
    }
}
