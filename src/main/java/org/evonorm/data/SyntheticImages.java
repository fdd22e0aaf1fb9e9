package org.evonorm.data;

import java.util.SplittableRandom;

/**
 * The embedded image set: synthetic 32×32 colour images of ten classes, with which the program trains and is tested
 * without a download. The same seed gives the same bytes on every JVM.
 *
 * <p>An image shows several copies of the {@link Motif} of its class, each with its own place, size, rotation and
 * colour, on a mottled background among random strokes, under varying light and noise. Classes differ in form and in a
 * tint. A linear model learns only the tint (about 38% accuracy on new images after training on 4,000); small
 * convolutional networks with batch normalization are far better. Copies are spread evenly, so that a crop shows the
 * motif as the whole image does.
 */
public final class SyntheticImages {

    /** Number of classes. */
    public static final int CLASSES = Motif.values().length;

    private static final int LARGEST_COUNT = Integer.MAX_VALUE / Canvas.VALUES;

    /** Share of the class's tint in the colour of a copy. */
    private static final double TINT = 0.55;
    /** Smallest difference of a copy's colour from the background's, as the mean over channels. */
    private static final double CONTRAST = 0.18;
    /** Largest standard deviation of noise. */
    private static final double NOISE = 0.11;
    /** Attempts per image to place a copy where there is room. */
    private static final int ATTEMPTS = 12;

    private static final int MAX_COPIES = 5;

    private final SplittableRandom random;
    private final Canvas canvas;

    private SyntheticImages(SplittableRandom random) {
        this.random = random;
        this.canvas = new Canvas(random);
    }

    /**
     * The first {@code count} images of {@code seed}; classes follow one another in turn.
     *
     * @throws IllegalArgumentException if {@code count} is below 1 or too large for an array
     */
    public static Images draw(int count, long seed) {
        if (count < 1 || count > LARGEST_COUNT) {
            throw new IllegalArgumentException(
                    "synthetic images come in numbers from 1 to " + LARGEST_COUNT + ", not " + count);
        }
        byte[] pixels = new byte[count * Canvas.VALUES];
        byte[] labels = new byte[count];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % CLASSES);
            new SyntheticImages(random.split()).paint(Motif.values()[labels[i]], pixels, i * Canvas.VALUES);
        }
        return new Images(count, Canvas.SIZE, Canvas.SIZE, pixels, labels, CLASSES);
    }

    private void paint(Motif motif, byte[] pixels, int start) {
        double[] background = colour();
        canvas.mottle(background, between(0.05, 0.25));
        strokes(atMost(4));
        copies(motif, background);
        strokes(atMost(2));
        canvas.expose(between(0.7, 1.1), between(-0.1, 0.1), between(0.25, 1) * NOISE, pixels, start);
    }

    /** Paints copies that hardly overlap, the first near the middle, where every 24×24 crop shows it. */
    private void copies(Motif motif, double[] background) {
        double[][] placed = new double[MAX_COPIES][];
        int count = 0;
        for (int attempt = 0; attempt < ATTEMPTS && count < MAX_COPIES; attempt++) {
            double radius = between(5, 7.5);
            double spread = count == 0 ? 5 : 17;
            double x = Canvas.SIZE / 2.0 + between(-spread, spread);
            double y = Canvas.SIZE / 2.0 + between(-spread, spread);
            boolean free = true;
            for (int i = 0; i < count; i++) {
                free &= distance(x - placed[i][0], y - placed[i][1]) > 0.95 * (radius + placed[i][2]);
            }
            if (free) {
                placed[count++] = new double[] {x, y, radius};
                copy(motif, motifColour(motif, background), x, y, radius);
            }
        }
    }

    private void copy(Motif motif, double[] colour, double x, double y, double radius) {
        double[] axis = motif.rotates() ? direction() : tilt();
        // Only nextDouble and nextLong are used, since their results do not change between versions of Java.
        Motif.Style style = new Motif.Style(random.nextDouble() < 0.5, between(3.6, 5) / radius, random.nextDouble());
        canvas.stamp(
                colour,
                x,
                y,
                Motif.REACH * radius,
                (dx, dy) -> radius
                        * motif.distance(
                                style, (dx * axis[0] + dy * axis[1]) / radius, (dy * axis[0] - dx * axis[1]) / radius));
    }

    private void strokes(int count) {
        for (int i = 0; i < count; i++) {
            double[] axis = direction();
            double halfLength = between(0.5, 4);
            double halfWidth = between(0.5, 1.3);
            canvas.stamp(
                    colour(),
                    between(0, Canvas.SIZE),
                    between(0, Canvas.SIZE),
                    halfLength + halfWidth,
                    (dx, dy) -> Math.max(
                            Math.abs(dx * axis[0] + dy * axis[1]) - halfLength,
                            Math.abs(dy * axis[0] - dx * axis[1]) - halfWidth));
        }
    }

    private double[] colour() {
        return new double[] {random.nextDouble(), random.nextDouble(), random.nextDouble()};
    }

    /** A colour with a share of the class's tint that stands out from the background. */
    private double[] motifColour(Motif motif, double[] background) {
        double[] tint = tint(motif);
        while (true) {
            double[] colour = colour();
            double difference = 0;
            for (int c = 0; c < Images.CHANNELS; c++) {
                colour[c] = Canvas.mix(colour[c], tint[c], TINT);
                difference += Math.abs(colour[c] - background[c]) / Images.CHANNELS;
            }
            if (difference > CONTRAST) {
                return colour;
            }
        }
    }

    /** Ten of the 27 colours whose channels are each dark, middling or bright. */
    private static double[] tint(Motif motif) {
        int code = motif.ordinal() * 7 % 27;
        int red = code % 3;
        int green = code / 3 % 3;
        int blue = code / 9;
        return new double[] {red / 2.0, green / 2.0, blue / 2.0};
    }

    /** A unit vector in a random direction. */
    private double[] direction() {
        while (true) {
            double x = between(-1, 1);
            double y = between(-1, 1);
            double length = distance(x, y);
            if (length > 0.1 && length < 1) {
                return new double[] {x / length, y / length};
            }
        }
    }

    /** A unit vector at most 14 degrees off the horizontal. */
    private double[] tilt() {
        double slope = between(-0.25, 0.25);
        double length = distance(1, slope);
        return new double[] {1 / length, slope / length};
    }

    private int atMost(int most) {
        return (int) between(0, most + 1);
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    private static double distance(double x, double y) {
        return Math.sqrt(x * x + y * y);
    }
}
