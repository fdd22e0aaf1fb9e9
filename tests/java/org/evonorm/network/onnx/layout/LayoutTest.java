package org.evonorm.network.onnx.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Layouts say where values lie after any transposes and reshapes, as arrays do that are transposed and reshaped. */
class LayoutTest {

    private static final int SAMPLES = 2;
    private static final int CHANNELS = 12;
    private static final int HEIGHT = 3;
    private static final int WIDTH = 4;

    /** A tensor whose values are their own places in the images [B, C, H, W]. */
    private record Numbered(List<Long> sizes, int[] values) {

        static Numbered images() {
            return new Numbered(
                    List.of((long) SAMPLES, (long) CHANNELS, (long) HEIGHT, (long) WIDTH),
                    IntStream.range(0, SAMPLES * CHANNELS * HEIGHT * WIDTH).toArray());
        }

        Numbered reshaped(List<Long> other) {
            return new Numbered(other, values);
        }

        Numbered transposed(List<Integer> order) {
            List<Long> turned = order.stream().map(axis -> sizes.get(axis)).toList();
            int[] moved = new int[values.length];
            int[] index = new int[sizes.size()];
            for (int at = 0; at < moved.length; at++) {
                int rest = at;
                for (int i = turned.size() - 1; i >= 0; i--) {
                    index[order.get(i)] = (int) (rest % turned.get(i));
                    rest /= (int) (long) turned.get(i);
                }
                int from = 0;
                for (int i = 0; i < index.length; i++) {
                    from = (int) (from * sizes.get(i) + index[i]);
                }
                moved[at] = values[from];
            }
            return new Numbered(turned, moved);
        }
    }

    /** The places in the images that a layout claims for its values. */
    private static int[] places(Layout layout) {
        List<Part> parts = layout.dimensions().stream().flatMap(List::stream).toList();
        int count = parts.stream().mapToInt(Part::size).reduce(1, (a, b) -> a * b);
        int[] places = new int[count];
        for (int at = 0; at < count; at++) {
            int[] index = new int[Axis.values().length];
            int rest = at;
            for (int i = parts.size() - 1; i >= 0; i--) {
                Part part = parts.get(i);
                index[part.axis().ordinal()] += rest % part.size() * part.stride();
                rest /= part.size();
            }
            int channel = index[Axis.CHANNEL.ordinal()] + layout.firstChannel();
            places[at] =
                    ((index[Axis.SAMPLE.ordinal()] * CHANNELS + channel) * HEIGHT + index[Axis.ROW.ordinal()]) * WIDTH
                            + index[Axis.COLUMN.ordinal()];
        }
        return places;
    }

    @Test
    void anyTransposesAndReshapesAreFollowed() {
        Random random = new Random(1);
        int followed = 0;
        for (int trial = 0; trial < 3000; trial++) {
            Layout layout = Layout.images(SAMPLES, CHANNELS, HEIGHT, WIDTH);
            Numbered numbered = Numbered.images();
            for (int step = 0; step < 6; step++) {
                if (random.nextBoolean()) {
                    List<Integer> order = new ArrayList<>(
                            IntStream.range(0, layout.rank()).boxed().toList());
                    Collections.shuffle(order, random);
                    layout = layout.transposed(order).orElseThrow();
                    numbered = numbered.transposed(order);
                } else {
                    List<Long> sizes = sizes(random, numbered.values().length);
                    Optional<Layout> reshaped = layout.reshaped(sizes);
                    if (reshaped.isPresent()) {
                        layout = reshaped.get();
                        numbered = numbered.reshaped(sizes);
                        followed++;
                    }
                }
                assertEquals(numbered.sizes(), layout.sizes());
                assertTrue(Arrays.equals(numbered.values(), places(layout)), layout.toString());
            }
        }
        assertTrue(followed > 1000, followed + " reshapes followed");
    }

    private static List<Long> sizes(Random random, int count) {
        List<Long> sizes = new ArrayList<>();
        int rest = count;
        while (rest > 1) {
            int left = rest;
            List<Integer> divisors = IntStream.rangeClosed(1, left)
                    .filter(size -> left % size == 0)
                    .boxed()
                    .toList();
            int size = divisors.get(random.nextInt(divisors.size()));
            sizes.add((long) size);
            rest /= size;
        }
        return sizes;
    }

    /** Of random slices of the channels the places are those of the slice of the array. */
    @Test
    void slicesOfChannelsAreFollowed() {
        Random random = new Random(2);
        Layout layout = Layout.images(SAMPLES, CHANNELS, HEIGHT, WIDTH);
        for (int trial = 0; trial < 200; trial++) {
            int from = random.nextInt(CHANNELS);
            int to = from + 1 + random.nextInt(CHANNELS - from);
            Layout sliced = layout.sliced(1, from, to).orElseThrow();
            int[] wanted = IntStream.of(Numbered.images().values())
                    .filter(place -> {
                        int channel = place / (HEIGHT * WIDTH) % CHANNELS;
                        return channel >= from && channel < to;
                    })
                    .toArray();
            assertTrue(Arrays.equals(wanted, places(sliced)), sliced.toString());
        }
        assertTrue(layout.sliced(2, 0, 1).isEmpty());
        assertTrue(layout.sliced(1, 5, 4).isEmpty());
        assertTrue(layout.sliced(1, 0, CHANNELS + 1).isEmpty());
    }

    @Test
    void headsAreFoundInAnyOrderOfDimensions() {
        Layout tokens = Layout.images(SAMPLES, CHANNELS, HEIGHT, WIDTH)
                .reshaped(List.of(2L, 12L, 12L))
                .orElseThrow()
                .transposed(List.of(0, 2, 1))
                .orElseThrow();
        Layout heads = tokens.reshaped(List.of(2L, 12L, 3L, 4L))
                .orElseThrow()
                .transposed(List.of(0, 2, 1, 3))
                .orElseThrow();
        assertEquals(Optional.of(new HeadLayout(12, 3, 4)), HeadLayout.of(heads));
        assertEquals(Optional.of(new HeadLayout(12, 1, 12)), HeadLayout.of(tokens));
        assertEquals(
                Optional.of(new HeadLayout(12, 3, 4)),
                HeadLayout.of(heads.reshaped(List.of(6L, 12L, 4L)).orElseThrow()));
        assertTrue(HeadLayout.of(heads.transposed(List.of(0, 1, 3, 2)).orElseThrow())
                .isEmpty());
        assertTrue(HeadLayout.of(heads.transposed(List.of(1, 0, 2, 3)).orElseThrow())
                .isEmpty());
    }

    @Test
    void pixelsDoNotGetLost() {
        Layout one = Layout.images(SAMPLES, CHANNELS, 1, 1);
        assertTrue(one.reshaped(List.of(2L, 12L)).orElseThrow().mixesPixelsAndChannels());
        assertTrue(one.squeezed(Set.of(2, 3)).isEmpty());
        assertFalse(one.withoutPixels().reshaped(List.of(2L, 12L)).orElseThrow().mixesPixelsAndChannels());
        assertTrue(one.reshaped(LongStream.of(2, 6).boxed().toList()).isEmpty());
        assertTrue(one.transposed(List.of(0, 0, 1, 2)).isEmpty());
        assertTrue(one.transposed(List.of(0, 1, 2)).isEmpty());
    }
}
